using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Languages;

/// <summary>Builds sentences from parts: placeholders with elements, and lists.</summary>
internal static class Sentence
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Fills a sentence's placeholders with elements: "Signed in {time}", "Then {link}change your password{/link}".</summary>
    /// <param name="text">The sentence. Braces name a part; all other text is encoded.</param>
    /// <param name="parts">Each part's name and value. Markup stays as it is; other values are encoded. "{/link}" closes the element that "{link}"
    /// opens.</param>
    /// <exception cref="ArgumentException">The sentence names a part that isn't given.</exception>
    public static MarkupString Of(string text, params ReadOnlySpan<(string Name, object? Value)> parts)
    {
        var markup = new StringBuilder();
        var rest = text.AsSpan();
        while (rest.IndexOf('{') is >= 0 and var start && rest[start..].IndexOf('}') is > 0 and var length)
        {
            markup.Append(Encode(rest[..start].ToString())).Append(Find(text, rest.Slice(start + 1, length - 1), parts));
            rest = rest[(start + length + 1)..];
        }

        return new MarkupString(markup.Append(Encode(rest.ToString())).ToString());
    }

    /// <summary>A list in words: "A, B and C".</summary>
    public static string List(IReadOnlyList<string> items) => items switch
    {
        [] => "",
        [var only] => only,
        _ => Texts.FormatCommon_ListLast(Enumerate(items.SkipLast(1)), items[^1]),
    };

    /// <summary>A list without "and": "A, B, C".</summary>
    public static string Enumerate(IEnumerable<string> items) => items.Aggregate(static (list, item) => Texts.FormatCommon_ListOf(list, item));

    /// <summary>Encodes a text as HTML. Pages are UTF-8, so letters of any language stay as they are.</summary>
    public static string Encode(string? text) => Encoder.Encode(text ?? "");

    private static string Find(string text, ReadOnlySpan<char> name, ReadOnlySpan<(string Name, object? Value)> parts)
    {
        foreach (var (known, value) in parts)
        {
            if (name.SequenceEqual(known))
                return value is MarkupString markup ? markup.Value : Encode(Convert.ToString(value, CultureInfo.CurrentCulture));
            if (name is ['/', .. var opened] && opened.SequenceEqual(known) && value is MarkupString { Value: ['<', .. var element] })
                return $"</{element[..element.IndexOfAny([' ', '>'])]}>";
        }

        throw new ArgumentException($"\"{text}\" names {{{name}}}, which isn't given.", nameof(text));
    }
}
