using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>The parsed Client Hints.</summary>
internal ref struct HintsReading
{
    public KnownName? Browser;
    public ReadOnlySpan<char> BrowserVersion;
    public string? Platform;
    public ReadOnlySpan<char> PlatformVersion;
    public bool? Mobile;
    public ReadOnlySpan<char> Model;
    public DeviceType Type;
    public bool Touch;

    /// <summary>Parses the hints. Only Chromium sends them. Beside another browser's User-Agent they are fake, except the touch screen.</summary>
    public static HintsReading Of(ClientHints hints, in UserAgentReading userAgent)
    {
        var reading = new HintsReading { Touch = hints.Touch };
        if (ReferenceEquals(hints, ClientHints.None) || IsNotChromium(in userAgent))
            return reading;

        reading.TakeBrands(hints.Brands);
        reading.TakeBrands(hints.FullVersionList);
        reading.Platform = PlatformName(StructuredText.One(hints.Platform));
        if (reading.Platform is not null)
            reading.PlatformVersion = StructuredText.One(hints.PlatformVersion);
        reading.Mobile = hints.Mobile.AsSpan().Trim() switch { "?1" => true, "?0" => false, _ => null };
        reading.Model = StructuredText.One(hints.Model);
        if (reading.Model is "K")
            reading.Model = [];
        reading.TakeFormFactors(hints.FormFactors);
        return reading;
    }

    private static bool IsNotChromium(in UserAgentReading userAgent) =>
        userAgent.Program is { Tells: Tells.Safari or Tells.Base, Name: not (Browsers.Chrome or "Chromium") } && !userAgent.HasChrome;

    private void TakeBrands(string? text)
    {
        var list = new StructuredText(text);
        while (list.MoveNext())
        {
            if (list.Value.IsEmpty || Brands.IsGrease(list.Value) || Brands.Find(list.Value) is not { } brand)
                continue;
            // The full list comes second. The same brand there is the same browser.
            if (Browser is null || brand.Tells > Browser.Tells || (Browser.Name is Brands.Chromium && brand.Name is not Brands.Chromium)
                || string.Equals(brand.Name, Browser.Name, StringComparison.Ordinal))
            {
                Browser = brand;
                BrowserVersion = list.Version;
            }
        }
    }

    private void TakeFormFactors(string? text)
    {
        var list = new StructuredText(text);
        while (list.MoveNext())
        {
            Type = DeviceTypes.Stronger(Type, list.Value switch
            {
                "Desktop" => DeviceType.Desktop,
                "Mobile" => DeviceType.Mobile,
                "Tablet" => DeviceType.Tablet,
                "Automotive" => DeviceType.Car,
                "Watch" => DeviceType.Watch,
                _ => DeviceType.Unknown,
            });
        }
    }

    private static string? PlatformName(ReadOnlySpan<char> text) => text switch
    {
        "Windows" => Platforms.Windows,
        "macOS" or "Mac OS X" => Platforms.MacOS,
        "Android" => Platforms.Android,
        "Linux" => Platforms.Linux,
        "Chrome OS" or "Chromium OS" or "ChromeOS" => Platforms.ChromeOS,
        "iOS" => Platforms.IOS,
        "Fuchsia" => "Fuchsia",
        _ => null,
    };
}
