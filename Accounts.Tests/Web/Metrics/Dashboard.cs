using System.Text.Json;
using System.Text.RegularExpressions;

namespace Accounts.Tests.Web.Metrics;

/// <summary>The queries of a Grafana dashboard.</summary>
internal static partial class Dashboard
{
    /// <summary>Words of PromQL that the dashboard uses, which are no metrics.</summary>
    private static readonly string[] Words = ["sum", "by", "rate", "histogram_quantile"];

    /// <summary>Labels that the scraping Prometheus adds.</summary>
    private static readonly string[] Added = ["instance"];

    /// <summary>All expressions of all panels.</summary>
    public static IReadOnlyList<string> Expressions(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)];
    }

    /// <summary>What an expression names that a scrape didn't export: metrics, and labels of its metrics.</summary>
    public static IReadOnlyList<string> Missing(string expression, Scrape scrape)
    {
        var texts = Text().Replace(expression, "");
        var grouped = Grouping().Matches(texts).SelectMany(by => by.Groups["labels"].Value.Split(", "));
        var matched = Matchers().Matches(texts).SelectMany(all => MatchedLabel().Matches(all.Value).Select(label => label.Groups["label"].Value));
        var labels = grouped.Concat(matched).Except(Added, StringComparer.Ordinal).ToList();
        var metrics = Name().Matches(Matchers().Replace(Grouping().Replace(Range().Replace(texts, ""), ""), "")).Select(name => name.Value)
            .Except(Words, StringComparer.Ordinal).ToList();
        if (metrics.Count == 0)
            return [expression];
        return
        [
            .. metrics.Where(metric => !scrape.Names.Contains(metric, StringComparer.Ordinal)),
            .. metrics.Where(metric => scrape.Names.Contains(metric, StringComparer.Ordinal))
                .SelectMany(metric => labels.Except(scrape.LabelsOf(metric), StringComparer.Ordinal).Select(label => $"{metric}{{{label}}}")),
        ];
    }

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Text();

    [GeneratedRegex(@"by \((?<labels>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Matchers();

    [GeneratedRegex(@"(?<label>[a-z_]+)(=|!)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MatchedLabel();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Range();

    [GeneratedRegex("[a-z_][a-z0-9_]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
