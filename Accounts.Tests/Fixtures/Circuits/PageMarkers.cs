using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Accounts.Tests.Fixtures.Circuits;

/// <summary>What a page tells the browser about its circuit: the base address, the components to start, and their persisted state.</summary>
public sealed record PageMarkers(Uri BaseUri, IReadOnlyList<string> Components, string State)
{
    private const string ComponentMark = "Blazor:";
    private const string StateMark = "Blazor-Server-Component-State:";

    /// <summary>Reads the markers from a page's comments.</summary>
    public static PageMarkers Read(Uri page, string html)
    {
        var document = new HtmlParser().ParseDocument(html);
        var comments = document.Descendants<IComment>().Select(comment => comment.Data.Trim()).ToList();
        var markers = comments.Where(comment => comment.StartsWith(ComponentMark, StringComparison.Ordinal))
            .Select(comment => comment[ComponentMark.Length..])
            .Where(IsServerComponent);
        var state = comments.Find(comment => comment.StartsWith(StateMark, StringComparison.Ordinal));
        var baseUri = new Uri(page, document.QuerySelector("base")?.GetAttribute("href") ?? "/");
        return new PageMarkers(baseUri, [.. markers], state?[StateMark.Length..] ?? "");
    }

    /// <summary>Writes the request that adds every component of the page to its circuit.</summary>
    public string AddAll() => new JsonObject
    {
        ["batchId"] = 1,
        ["operations"] = new JsonArray([.. Components.Select((marker, index) => new JsonObject
        {
            ["type"] = "add",
            ["ssrComponentId"] = index + 1,
            ["marker"] = JsonNode.Parse(marker),
        })]),
    }.ToJsonString();

    /// <summary>A second comment, without a descriptor, closes a prerendered component. It starts nothing.</summary>
    private static bool IsServerComponent(string json)
    {
        var marker = JsonNode.Parse(json);
        return marker?["descriptor"] is not null && (string?)marker["type"] is "server" or "auto";
    }
}
