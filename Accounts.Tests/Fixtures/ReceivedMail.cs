using System.Text.RegularExpressions;
using MimeKit;

namespace Accounts.Tests.Fixtures;

/// <summary>An email as it arrived.</summary>
/// <param name="From">Whom the envelope names as the sender.</param>
/// <param name="To">Whom the envelope names as the recipient.</param>
/// <param name="Raw">The bytes of the message.</param>
public sealed partial record ReceivedMail(string From, string To, byte[] Raw)
{
    public MimeMessage Message { get; } = MimeMessage.Load(new MemoryStream(Raw));

    public string Subject => Message.Subject ?? "";

    public string MessageId => Message.MessageId ?? "";

    /// <summary>The plain text. Spaces at which no line breaks are spaces as any.</summary>
    public string Text => (Message.TextBody ?? "").Replace('\u00A0', ' ');

    public string Html => Message.HtmlBody ?? "";

    /// <summary>The first address in the plain text.</summary>
    public Uri Link => Address().Match(Text) is { Success: true } found
        ? new Uri(found.Value)
        : throw new InvalidOperationException($"The email has no link:\n{Text}");

    /// <summary>The code in the plain text, which has a line of its own, without the spaces in it.</summary>
    public string Code => Grouped().Match(Text) is { Success: true } found
        ? found.Value.Replace(" ", "", StringComparison.Ordinal).Trim()
        : throw new InvalidOperationException($"The email has no code:\n{Text}");

    [GeneratedRegex(@"https?://\S+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"^[0-9A-Z]+( [0-9A-Z]+)+\r?$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Grouped();
}
