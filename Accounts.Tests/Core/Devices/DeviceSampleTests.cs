using Accounts.Core.Devices;

namespace Accounts.Tests.Core.Devices;

/// <summary>How well the detector names devices, measured on samples that were labelled without it.</summary>
public sealed class DeviceSampleTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> KnownUserAgents() => [.. DeviceSamples.Known.Select(known => (known.Title, known.UserAgent))];

    [Fact]
    public void Real_traffic_is_named_correctly_by_weight()
    {
        var confusion = Confusion.Measure();
        foreach (var line in confusion.Lines())
            output.WriteLine(line);

        Assert.InRange(confusion.Family, 0.995, 1.0001);
        Assert.InRange(confusion.Platform, 0.998, 1.0001);
        Assert.InRange(confusion.Type, 0.998, 1.0001);
        Assert.InRange(confusion.Texts, 0.98, 1.0001);
        Assert.InRange(confusion.Crawlers, 0.98, 1.0001);
        Assert.Equal(0, confusion.BrowsersTakenForBots);
    }

    [Theory]
    [MemberData(nameof(KnownUserAgents))]
    public void Every_known_User_Agent_gets_its_listed_name(string title, string userAgent)
    {
        var known = DeviceSamples.Known.First(known => string.Equals(known.UserAgent, userAgent, StringComparison.Ordinal));
        var device = DeviceDetector.Detect(new DeviceSignals(userAgent));
        Assert.Equal(title, device.Title);
        Assert.Equal(known.Type, device.Type);
        Assert.Equal(known.Model, device.Model);
        Assert.Equal(known.Type == DeviceType.Bot && title is not Device.UnknownProgram, device.Bot is not null);
    }

    [Fact]
    public void The_samples_are_numerous_enough()
    {
        Assert.True(DeviceSamples.Known.Count >= 250);
        Assert.True(DeviceSamples.Traffic.Count >= 900);
        Assert.True(DeviceSamples.Crawlers.Count >= 2_000);
    }
}
