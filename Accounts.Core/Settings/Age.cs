namespace Accounts.Core.Settings;

/// <summary>How long ago something was.</summary>
internal static class Age
{
    /// <summary>Whether a time is less than this long ago. A time that hasn't come yet isn't: the clock was set back since.</summary>
    public static bool IsYoungerThan(this DateTimeOffset at, TimeSpan age, DateTimeOffset now) => at <= now && now - at < age;
}
