namespace Accounts.Web.Sessions;

/// <summary>Something that a page says once. The same words said again are another saying.</summary>
internal sealed class Saying(string text)
{
    public string Text { get; } = text;

    public static Saying Ended(int others) => new(others == 1 ? "One other session was ended." : $"{others} other sessions were ended.");
}
