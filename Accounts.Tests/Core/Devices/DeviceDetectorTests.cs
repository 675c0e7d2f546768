using System.Diagnostics;
using System.Text;
using Accounts.Core.Devices;

namespace Accounts.Tests.Core.Devices;

public sealed class DeviceDetectorTests
{
    private const string WebKit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    private const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + WebKit;
    private const string Mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
    private const string Linux = "Mozilla/5.0 (X11; Linux x86_64) " + WebKit;
    private const string Android = "Mozilla/5.0 (Linux; Android 10; K) " + WebKit;
    private const string IPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    private const string IPad = "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";

    [Theory]
    [InlineData(Windows + " Chrome/154.0.0.0 Safari/537.36", DeviceType.Desktop, "Chrome 154 on Windows 10 or 11")]
    [InlineData(Windows + " Chrome/154.0.0.0 Safari/537.36 Edg/154.0.0.0", DeviceType.Desktop, "Edge 154 on Windows 10 or 11")]
    [InlineData(Windows + " Chrome/152.0.0.0 Safari/537.36 OPR/137.0.0.0", DeviceType.Desktop, "Opera 137 on Windows 10 or 11")]
    [InlineData(Windows + " Chrome/154.0.0.0 YaBrowser/26.3.0.0 Safari/537.36", DeviceType.Desktop, "Yandex Browser 26 on Windows 10 or 11")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", DeviceType.Desktop,
        "Firefox 144 on Windows 10 or 11")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", DeviceType.Desktop,
        "Internet Explorer 11 on Windows 10 or 11")]
    [InlineData(Mac + " AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15", DeviceType.Desktop, "Safari 26 on macOS")]
    [InlineData(Mac + " " + WebKit + " Chrome/154.0.0.0 Safari/537.36", DeviceType.Desktop, "Chrome 154 on macOS")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0", DeviceType.Desktop, "Firefox 144 on macOS")]
    [InlineData(Linux + " Chrome/154.0.0.0 Safari/537.36", DeviceType.Desktop, "Chrome 154 on Linux")]
    [InlineData(Linux + " HeadlessChrome/154.0.0.0 Safari/537.36", DeviceType.Desktop, "Chrome 154 on Linux")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", DeviceType.Desktop, "Firefox 144 on Linux")]
    [InlineData("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", DeviceType.Desktop, "Firefox 140 on Ubuntu")]
    [InlineData(Linux + " Chrome/150.0.0.0 Safari/537.36 Vivaldi/7.6.0.0", DeviceType.Desktop, "Vivaldi 7 on Linux")]
    [InlineData("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " + WebKit + " Chrome/154.0.0.0 Safari/537.36", DeviceType.Desktop,
        "Chrome 154 on ChromeOS")]
    [InlineData(Android + " Chrome/154.0.0.0 Mobile Safari/537.36", DeviceType.Mobile, "Chrome 154 on Android")]
    [InlineData(Android + " Chrome/154.0.0.0 Safari/537.36", DeviceType.Tablet, "Chrome 154 on Android")]
    [InlineData(Android + " Chrome/154.0.0.0 Mobile Safari/537.36 EdgA/154.0.0.0", DeviceType.Mobile, "Edge 154 on Android")]
    [InlineData(Android + " SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36", DeviceType.Mobile, "Samsung Internet 29 on Android")]
    [InlineData("Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0", DeviceType.Mobile, "Firefox 144 on Android 15")]
    [InlineData(IPhone + " Version/26.0 Mobile/15E148 Safari/604.1", DeviceType.Mobile, "Safari 26 on iOS 26")]
    [InlineData(IPhone + " CriOS/154.0.0.0 Mobile/15E148 Safari/604.1", DeviceType.Mobile, "Chrome 154 on iOS 18.6")]
    [InlineData(IPhone + " FxiOS/144.0 Mobile/15E148 Safari/605.1.15", DeviceType.Mobile, "Firefox 144 on iOS")]
    [InlineData(IPhone + " Version/26.0 EdgiOS/154.0.0.0 Mobile/15E148 Safari/604.1", DeviceType.Mobile, "Edge 154 on iOS 26")]
    [InlineData(IPad + " Version/26.0 Mobile/15E148 Safari/604.1", DeviceType.Tablet, "Safari 26 on iPadOS 26")]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", DeviceType.Bot, "Googlebot 2.1")]
    [InlineData("curl/8.14.1", DeviceType.Bot, "curl 8.14.1")]
    [InlineData("Wget/1.25.0", DeviceType.Bot, "Wget 1.25.0")]
    [InlineData("python-requests/2.32.3", DeviceType.Bot, "python-requests 2.32.3")]
    [InlineData("", DeviceType.Unknown, "Unknown browser")]
    [InlineData(null, DeviceType.Unknown, "Unknown browser")]
    public void The_detector_names_the_device(string? userAgent, DeviceType type, string title)
    {
        var device = DeviceDetector.Detect(new DeviceSignals(userAgent));
        Assert.Equal(title, device.Title);
        Assert.Equal(type, device.Type);
    }

    [Theory]
    [InlineData("Chrome/", null)]
    [InlineData("Chrome/x", null)]
    [InlineData("Chrome/-1", null)]
    [InlineData("Chrome/٣", null)]
    [InlineData("Chrome/99999999999", "9999")]
    public void A_version_is_at_most_four_digits(string userAgent, string? version) =>
        Assert.Equal(version, DeviceDetector.Detect(new DeviceSignals(userAgent)).BrowserVersion);

    [Theory]
    [InlineData("a")]
    [InlineData("Windows NT ")]
    [InlineData("Chrome/")]
    [InlineData("((((((((((")]
    [InlineData("Version/1 ")]
    [InlineData("\uD83D")]
    public void A_huge_User_Agent_is_cut_and_parsed_quickly(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 100_000 / part.Length));
        DeviceDetector.Detect(new DeviceSignals(text));
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 100; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            var signals = new DeviceSignals(text);
            Assert.Equal(DeviceSignals.UserAgentLimit, signals.UserAgent.Length);
            Assert.True(DeviceDetector.DetectAnew(signals).Title.Length < 100);
            fastest = TimeSpan.FromTicks(Math.Min(fastest.Ticks, Stopwatch.GetElapsedTime(begun).Ticks));
        }

        // A thousand times what it needs: only growth with the text or backtracking takes that long.
        // The fastest of many runs is free of other programs' load.
        Assert.True(fastest < TimeSpan.FromMilliseconds(50), $"It took {fastest.TotalMilliseconds} ms.");
    }

    [Fact]
    public void Arbitrary_bytes_never_throw()
    {
        var random = new Random(20260301);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = new byte[random.Next(0, 700)];
            random.NextBytes(bytes);
            foreach (var text in new[] { Encoding.Latin1.GetString(bytes), Encoding.UTF8.GetString(bytes), Encoding.Unicode.GetString(bytes) })
                Assert.NotNull(DeviceDetector.Detect(new DeviceSignals(text + "Chrome/" + text)).Title);
        }
    }

    [Theory]
    [InlineData("Chrome", "156", "Windows", true)]
    [InlineData("Chrome", "155", "Windows", true)]
    [InlineData("Chrome", "156", "macOS", false)]
    [InlineData("Firefox", "156", "Windows", false)]
    [InlineData(null, null, "Windows", false)]
    public void Another_version_of_the_same_browser_looks_alike(string? browser, string? version, string platform, bool alike)
    {
        var own = new Device { Type = DeviceType.Desktop, Platform = "Windows", PlatformVersion = "11", Browser = "Chrome", BrowserVersion = "156" };
        var other = new Device { Type = DeviceType.Desktop, Platform = platform, Browser = browser, BrowserVersion = version };
        Assert.Equal(alike, other.LooksLike(own));
        Assert.Equal(alike, own.LooksLike(other));
    }

    [Fact]
    public void Two_unknown_devices_do_not_look_alike() => Assert.False(Device.Unknown.LooksLike(Device.Unknown));
}
