using AngleSharp.Dom;

namespace Accounts.Tests.Fixtures;

/// <summary>Reads what a page says.</summary>
internal static class PageText
{
    /// <summary>An element's words, with one space between two of them.</summary>
    public static string Words(IElement element) =>
        string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
