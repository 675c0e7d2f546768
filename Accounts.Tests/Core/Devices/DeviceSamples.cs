using System.Globalization;
using Accounts.Core.Devices;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Devices;

/// <summary>A User-Agent from real traffic, its share of the traffic, and an independent label.</summary>
internal sealed record TrafficSample(double Weight, DeviceType Type, string Platform, string Family, string UserAgent);

/// <summary>A User-Agent with its expected name.</summary>
internal sealed record KnownSample(DeviceType Type, string Title, string? Model, string UserAgent);

/// <summary>The samples next to this file. tools/DeviceSamples makes them.</summary>
internal static class DeviceSamples
{
    public static IReadOnlyList<TrafficSample> Traffic { get; } = [.. Lines("traffic.tsv").Select(line => line.Split('\t')).Select(part =>
        new TrafficSample(double.Parse(part[0], CultureInfo.InvariantCulture), Enum.Parse<DeviceType>(part[1]), part[2], part[3], part[4]))];

    public static IReadOnlyList<string> Crawlers { get; } = [.. Lines("crawlers.txt")];

    public static IReadOnlyList<KnownSample> Known { get; } = [.. ReadKnown()];

    private static IEnumerable<KnownSample> ReadKnown()
    {
        List<(string Word, string Text)> words = [];
        foreach (var line in Lines("known.txt").Where(line => line[0] != '#'))
        {
            if (line.Split(" = ", 2) is [['{', ..] word, var text])
            {
                words.Add((word, text));
                continue;
            }

            var parts = line.Split('|', 4, StringSplitOptions.TrimEntries);
            var userAgent = words.Aggregate(parts[3], (whole, word) => whole.Replace(word.Word, word.Text, StringComparison.Ordinal));
            yield return new KnownSample(Enum.Parse<DeviceType>(parts[0]), parts[1], parts[2].Length == 0 ? null : parts[2], userAgent);
        }
    }

    private static IEnumerable<string> Lines(string file) =>
        Repository.Read($"Accounts.Tests/Core/Devices/Samples/{file}").Split('\n').Where(line => line.Length > 0);
}
