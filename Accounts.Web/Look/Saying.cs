namespace Accounts.Web.Look;

/// <summary>Something that a page says once. The same words said again are another saying.</summary>
/// <param name="text">What it says.</param>
/// <param name="action">What people often do next: the words of a link and where it leads; null if nothing.</param>
public sealed class Saying(string text, (string Text, string Href)? action = null)
{
    public string Text { get; } = text;

    public (string Text, string Href)? Action { get; } = action;

    public static Saying Ended(int others) => new(Plural.Of(nameof(Texts.Sessions_SignedOutOthers_other), others));
}
