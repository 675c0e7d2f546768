namespace Accounts.Web.SignIn;

/// <summary>A time to wait, in words.</summary>
internal static class Wait
{
    /// <summary>"in 40 seconds", "in 5 minutes": rounded up, so that trying then works.</summary>
    public static string Words(TimeSpan wait) => wait <= TimeSpan.FromSeconds(90)
        ? $"in {Math.Max(1, Math.Ceiling(wait.TotalSeconds)):0} seconds"
        : $"in {Math.Ceiling(wait.TotalMinutes):0} minutes";
}
