using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Mail;

/// <summary>Shows a plain text on a page, with its web addresses as links.</summary>
internal static partial class LinkedText
{
    public static MarkupString Of(string? text) => new(string.Concat(Address().Split(text ?? "").Select(part => Address().IsMatch(part)
        ? $"""<a href="{Sentence.Encode(part)}">{Sentence.Encode(part)}</a>"""
        : Sentence.Encode(part))));

    // Split keeps what the group matches.
    [GeneratedRegex(@"(?<address>https?://[^\s<>""]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
