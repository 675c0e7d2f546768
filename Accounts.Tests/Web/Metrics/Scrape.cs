using System.Globalization;
using System.Text.RegularExpressions;

namespace Accounts.Tests.Web.Metrics;

/// <summary>What one answer of <c>/metrics</c> exported, read from Prometheus' text format.</summary>
internal sealed partial class Scrape
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    public Scrape(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is ["#", "TYPE", var family, var type])
                _types[family] = type;
            if (Sample().Match(line) is not { Success: true } sample)
                continue;
            var name = sample.Groups["name"].Value;
            var labels = Label().Matches(sample.Groups["labels"].Value)
                .Where(label => !label.Groups["name"].Value.StartsWith("otel_", StringComparison.Ordinal)).ToList();
            if (!_labels.TryGetValue(name, out var known))
                _labels[name] = known = new HashSet<string>(StringComparer.Ordinal);
            known.UnionWith(labels.Select(label => label.Groups["name"].Value));
            var series = labels.Count == 0 ? name : $"{name}{{{string.Join(',', labels.Select(label => label.Value))}}}";
            _values[series] = double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The names of all samples. A histogram has three.</summary>
    public IReadOnlyCollection<string> Names => _labels.Keys;

    /// <summary>The names of all families of samples.</summary>
    public IReadOnlyCollection<string> Families => _types.Keys;

    /// <summary>The type of a family of samples; null if nothing exported it.</summary>
    public string? TypeOf(string family) => _types.GetValueOrDefault(family);

    /// <summary>The labels that a metric's samples have, without those of the scope.</summary>
    public IReadOnlyCollection<string> LabelsOf(string name) => _labels[name];

    /// <summary>A series' value, such as <c>name{label="value"}</c>; null if nothing exported it.</summary>
    public double? this[string series] => _values.TryGetValue(series, out var value) ? value : null;

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>[^ ]+)( \d+)?$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="([^"\\]|\\.)*" ?""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
