namespace Accounts.Web.Look;

/// <summary>A message that a page shows once. Two instances with the same text are two messages.</summary>
/// <param name="text">The message.</param>
/// <param name="action">The usual next step: a link's text and address; null if there is none.</param>
public sealed class Saying(string text, (string Text, string Href)? action = null)
{
    public string Text { get; } = text;

    public (string Text, string Href)? Action { get; } = action;

    public static Saying Ended(int others) => new(Plural.Of(nameof(Texts.Sessions_SignedOutOthers_other), others));
}
