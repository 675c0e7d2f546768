using System.Text;
using Accounts.Core.Devices;

namespace Accounts.Tests.Core.Devices;

/// <summary>Arbitrary input. The seeds are fixed, so a failure repeats.</summary>
public sealed class DeviceFuzzTests
{
    private const int Rounds = 1_000_000;
    private const int Batches = 100;

    private static readonly string[] Bits =
    [
        "(", ")", ";", "/", " ", ",", "[", "]", "\"", "\\", "=", ":", "@", "?1", "v=", "Mozilla/5.0", "Chrome/", "Version/4.0", "wv", "Android",
        "K", "compatible", "bot", "http://", "iPhone", "CPU iPhone OS 18_7", "Windows NT 10.0",
        "Windows", "Electron/", "Build/", "FBAN/", "FBAV/", "FBSV/", "Not A;Brand", "\u0000", "\u202E", "\uD83D", "é", "٣", "99999999999999999999",
        "0", ".", "_", "-", "Trident/", "Macintosh", "Darwin/",
    ];

    private static readonly string[] Corpus = [.. DeviceSamples.Traffic.Select(sample => sample.UserAgent), .. DeviceSamples.Crawlers,
    .. DeviceSamples.Known.Select(known => known.UserAgent)];

    [Fact]
    public void A_million_random_inputs_give_short_clean_and_repeatable_names()
    {
        Parallel.For(0, Batches, batch =>
        {
            var random = new Random(20260301 + batch);
            for (var i = 0; i < Rounds / Batches; i++)
            {
                var signals = Signals(random);
                var device = DeviceDetector.DetectAnew(signals);
                Check(device, signals);
                if (i % 10 == 0)
                    Assert.Equal(device, DeviceDetector.Detect(signals));
            }
        });
    }

    [Fact]
    public void The_check_rejects_an_unclean_name()
    {
        var signals = new DeviceSignals("x");
        Check(new Device { Browser = "Chrome", Model = "Pixel 9" }, signals);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Check(new Device { Browser = "a\u0007b" }, signals));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Check(new Device { Model = new string('a', 41) }, signals));
    }

    private static DeviceSignals Signals(Random random) => random.Next(4) switch
    {
        0 => new DeviceSignals(Mutated(random, Corpus[random.Next(Corpus.Length)])),
        1 => new DeviceSignals(Made(random)),
        2 => new DeviceSignals(Bytes(random)),
        _ => new DeviceSignals(random.Next(3) == 0 ? Made(random) : Corpus[random.Next(Corpus.Length)], new ClientHints
        {
            Brands = Hint(random, "\"Chromium\";v=\"156\", \"Google Chrome\";v=\"156\", \"Not A;Brand\";v=\"99\""),
            FullVersionList = Hint(random, "\"Chromium\";v=\"156.0.7012.33\", \"Opera\";v=\"140.0.1.2\""),
            Platform = Hint(random, "\"Windows\""),
            PlatformVersion = Hint(random, "\"15.0.0\""),
            Mobile = Hint(random, "?0"),
            Model = Hint(random, "\"Pixel 9\""),
            FormFactors = Hint(random, "\"Mobile\", \"EInk\""),
            Touch = random.Next(2) == 0,
        }),
    };

    private static string? Hint(Random random, string real) => random.Next(4) switch { 0 => null, 1 => Made(random), 2 => real,
    _ => Mutated(random, real) };

    private static string Mutated(Random random, string text)
    {
        var builder = new StringBuilder(text);
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(builder.Length + 1);
            switch (random.Next(3))
            {
                case 0:
                    builder.Insert(at, Bits[random.Next(Bits.Length)]);
                    break;
                case 1 when at < builder.Length:
                    builder.Remove(at, Math.Min(random.Next(1, 12), builder.Length - at));
                    break;
                case 2 when at < builder.Length:
                    builder[at] = (char)random.Next(0x20, 0x17F);
                    break;
            }
        }

        return builder.ToString();
    }

    private static string Made(Random random)
    {
        var builder = new StringBuilder();
        for (var bits = random.Next(1, 40); bits > 0; bits--)
            builder.Append(Bits[random.Next(Bits.Length)]);
        return builder.ToString();
    }

    private static string Bytes(Random random)
    {
        Span<char> text = stackalloc char[random.Next(0, 200)];
        foreach (ref var c in text)
            c = (char)random.Next(random.Next(2) == 0 ? 0x80 : 0x10000);
        return text.ToString();
    }

    private static void Check(Device device, DeviceSignals signals)
    {
        if (IsClean(device.Platform) && IsClean(device.PlatformVersion) && IsClean(device.Browser) && IsClean(device.BrowserVersion)
            && IsClean(device.Engine) && IsClean(device.Model) && IsClean(device.Bot) && (device.Bot is null || device.Type == DeviceType.Bot)
            && Enum.IsDefined(device.Type))
            return;
        Assert.Fail($"{device} of {signals}");
    }

    private static bool IsClean(string? text)
    {
        if (text is null)
            return true;
        if (text.Length is 0 or > 40)
            return false;
        foreach (var c in text)
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '<' or '>' or '"')
                return false;
        }

        return true;
    }
}
