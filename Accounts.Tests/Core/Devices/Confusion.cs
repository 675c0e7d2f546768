using System.Globalization;
using Accounts.Core.Devices;

namespace Accounts.Tests.Core.Devices;

/// <summary>How often the detector agrees with the samples, and what it mistakes for what.</summary>
internal sealed class Confusion
{
    private readonly Dictionary<string, double> _mistakes = new(StringComparer.Ordinal);
    private double _weight;

    /// <summary>Share of the traffic that is right, from 0 to 1.</summary>
    public double Family { get; private set; }

    public double Platform { get; private set; }

    public double Type { get; private set; }

    /// <summary>Share of distinct User-Agents in the traffic for which all three are right.</summary>
    public double Texts { get; private set; }

    /// <summary>Share of the crawlers that are recognised as bots.</summary>
    public double Crawlers { get; private set; }

    /// <summary>Number of the traffic's browsers that are mistaken for bots.</summary>
    public int BrowsersTakenForBots { get; private set; }

    public static Confusion Measure()
    {
        var confusion = new Confusion();
        foreach (var sample in DeviceSamples.Traffic)
            confusion.Add(sample, DeviceDetector.Detect(new DeviceSignals(sample.UserAgent)));
        confusion.Family /= confusion._weight;
        confusion.Platform /= confusion._weight;
        confusion.Type /= confusion._weight;
        confusion.Texts /= DeviceSamples.Traffic.Count;

        foreach (var crawler in DeviceSamples.Crawlers)
        {
            var device = DeviceDetector.Detect(new DeviceSignals(crawler));
            if (device.Type == DeviceType.Bot)
                confusion.Crawlers += 1.0 / DeviceSamples.Crawlers.Count;
            else
                confusion.Mistake($"a crawler taken for {device.Title}: {crawler}", 0);
        }

        return confusion;
    }

    /// <summary>Returns everything as readable lines.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Text(
            $"traffic, {DeviceSamples.Traffic.Count} texts by weight: browser {Family:P2}, platform {Platform:P2}, kind of device {Type:P2}");
        yield return Text($"the same, each text once: all three {Texts:P2}; browsers taken for bots: {BrowsersTakenForBots}");
        yield return Text($"crawlers, {DeviceSamples.Crawlers.Count} texts: recognised {Crawlers:P2}");
        foreach (var (mistake, weight) in _mistakes.OrderByDescending(mistake => mistake.Value))
            yield return Text($"  {weight,8:P3}  {mistake}");
    }

    private void Add(TrafficSample sample, Device device)
    {
        var family = string.Equals(device.Browser, sample.Family, StringComparison.Ordinal);
        var platform = string.Equals(device.Platform, sample.Platform, StringComparison.Ordinal);
        var type = device.Type == sample.Type;
        _weight += sample.Weight;
        Family += family ? sample.Weight : 0;
        Platform += platform ? sample.Weight : 0;
        Type += type ? sample.Weight : 0;
        Texts += family && platform && type ? 1 : 0;
        BrowsersTakenForBots += device.Type == DeviceType.Bot ? 1 : 0;
        if (!family)
            Mistake($"{sample.Family} taken for {device.Browser ?? "nothing"}", sample.Weight);
        if (!platform)
            Mistake($"{sample.Platform} taken for {device.Platform ?? "nothing"}", sample.Weight);
        if (!type)
            Mistake($"{sample.Type} taken for {device.Type}", sample.Weight);
    }

    private void Mistake(string what, double weight) => _mistakes[what] = _mistakes.GetValueOrDefault(what) + weight;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
