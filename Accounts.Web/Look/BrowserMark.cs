using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Look;

/// <summary>A small mark for each kind of browser, so you can tell many cards apart at a glance. We drew the shapes; they aren't logos.</summary>
/// <remarks>It's markup, for the same reason as <see cref="Icon"/>.</remarks>
internal static class BrowserMark
{
    private static readonly (string Word, string Kind)[] Kinds =
        [("Samsung", "samsung"), ("Edge", "edge"), ("Firefox", "firefox"), ("Safari", "safari"), ("Opera", "O"), ("Chrom", "chrome")];

    private static readonly ConcurrentDictionary<string, MarkupString> Drawn = new(StringComparer.Ordinal);

    /// <param name="browser">The browser's or program's name, for example "Firefox"; null if unknown.</param>
    /// <returns>A drawing of 12 CSS pixels, hidden from screen readers.</returns>
    public static MarkupString Of(string? browser) => Drawn.GetOrAdd(Kind(browser), static kind => new MarkupString(
        $"""<svg width="12" height="12" viewBox="0 0 24 24" aria-hidden="true">{Shape(kind)}</svg>"""));

    // Maps any name to one of a few kinds, which bounds the cache.
    private static string Kind(string? browser)
    {
        if (browser is null or "")
            return "?";
        foreach (var (word, kind) in Kinds)
        {
            if (browser.Contains(word, StringComparison.OrdinalIgnoreCase))
                return kind;
        }

        return char.IsAsciiLetter(browser[0]) ? char.ToUpperInvariant(browser[0]).ToString() : "?";
    }

    private static string Shape(string kind) => kind switch
    {
        "chrome" => """<circle cx="12" cy="12" r="9.5" fill="none" stroke="currentColor" stroke-width="3"/>"""
            + """<circle cx="12" cy="12" r="3.6" fill="currentColor"/>""",
        "safari" => """<circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2.2"/>"""
            + """<path fill="currentColor" d="M17.5 6.5l-3.6 7.4-7.4 3.6 3.6-7.4z"/>""",
        "firefox" => """<path fill="none" stroke="currentColor" stroke-width="4.5" stroke-linecap="round" d="M12 4a8 8 0 1 1-7.2 4.5"/>""",
        "edge" => """<path fill="none" stroke="currentColor" stroke-width="3.5" stroke-linecap="round" """
            + """d="M3 9c3-3 6-3 9 0s6 3 9 0M3 16c3-3 6-3 9 0s6 3 9 0"/>""",
        "samsung" =>
            """<ellipse cx="12" cy="12" rx="11" ry="5.5" fill="none" stroke="currentColor" stroke-width="3" transform="rotate(-20 12 12)"/>""",
        _ => $"""<text x="12" y="19" text-anchor="middle" font-size="20" font-weight="500" fill="currentColor">{kind}</text>""",
    };
}
