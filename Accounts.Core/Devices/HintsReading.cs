using Accounts.Core.Devices.Known;

namespace Accounts.Core.Devices;

/// <summary>The parsed Client Hints.</summary>
internal ref struct HintsReading
{
    public bool HasBrowser;
    public Tells BrowserTells;
    public ReadOnlySpan<char> BrowserVersion;
    public string? Platform;
    public ReadOnlySpan<char> PlatformVersion;
    public bool? Mobile;
    public ReadOnlySpan<char> Model;
    public DeviceType Type;
    public bool Touch;

    private KnownName? _known;
    private ReadOnlySpan<char> _brand;

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

    /// <summary>The browser's name; null if no brand names it.</summary>
    public readonly string? BrowserName => _known is null ? NameText.Of(_brand) : _known.Name;

    // The brands come in a random order, so the choice doesn't depend on it.
    private void TakeBrands(string? text)
    {
        var list = new StructuredText(text);
        while (list.MoveNext())
        {
            var known = Brands.Find(list.Value);
            if (known is null ? Brands.IsGrease(list.Value) || !NameText.HasName(list.Value) : known.Tells == Tells.Nothing)
                continue;

            // The full list comes second. The same brand there has the whole version.
            if (!HasBrowser || Order(known, list.Value) >= 0)
            {
                HasBrowser = true;
                BrowserTells = known?.Tells ?? Tells.Browser;
                BrowserVersion = list.Version;
                _known = known;
                _brand = list.Value;
            }
        }
    }

    // A brand that tells more wins. Between equals the alphabet decides.
    private readonly int Order(KnownName? known, ReadOnlySpan<char> brand)
    {
        var tells = (known?.Tells ?? Tells.Browser) - BrowserTells;
        var rank = (known?.Rank ?? 0) - (_known?.Rank ?? 0);
        return tells != 0 ? tells : rank != 0 ? rank : _brand.CompareTo(brand, StringComparison.Ordinal);
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
