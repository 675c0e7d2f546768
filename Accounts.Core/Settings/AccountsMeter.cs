using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Accounts.Core.Settings;

/// <summary>The meter that all instruments of Accounts belong to.</summary>
/// <remarks>Both libraries compile this file. A name that both use is one instrument.</remarks>
internal static class AccountsMeter
{
    /// <summary>Its name, with which operators choose it. In lower case, it begins the names of its instruments.</summary>
    public const string Name = "Accounts";

    /// <summary>The buckets of a duration in seconds. OpenTelemetry's own begin at 5 seconds.</summary>
    public static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    /// <summary>A tag with the name of an enum's value: <c>SignedOut</c> becomes <c>signed_out</c>.</summary>
    public static KeyValuePair<string, object?> Tag<T>(string name, T value)
        where T : struct, Enum =>
        new(name, JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    /// <summary>The tags of all values of an enum.</summary>
    public static KeyValuePair<string, object?>[] Tags<T>(string name)
        where T : struct, Enum =>
        Array.ConvertAll(Enum.GetValues<T>(), value => Tag(name, value));

    /// <summary>Begins a counter at zero, for each of these tags. Otherwise, operators don't see the first increase.</summary>
    public static Counter<long> FromZero(this Counter<long> counter, params KeyValuePair<string, object?>[] tags)
    {
        if (tags.Length == 0)
            counter.Add(0);
        foreach (var tag in tags)
            counter.Add(0, tag);
        return counter;
    }
}
