using Accounts.Core.Devices;

namespace Accounts.Tests.Core.Devices;

/// <summary>What Client Hints add to a User-Agent.</summary>
public sealed class ClientHintsTests
{
    private const string WebKit = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0";
    private const string Windows = $"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WebKit} Safari/537.36";
    private const string Mac = $"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WebKit} Safari/537.36";
    private const string Phone = $"Mozilla/5.0 (Linux; Android 10; K) {WebKit} Mobile Safari/537.36";
    private const string Tablet = $"Mozilla/5.0 (Linux; Android 10; K) {WebKit} Safari/537.36";
    private const string IPad =
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15";
    private const string Chrome = """
        "Chromium";v="156", "Google Chrome";v="156", "Not A;Brand";v="99"
        """;

    [Theory]
    [InlineData("\"19.0.0\"", "Chrome 156 on Windows 11")]
    [InlineData("\"15.0.0\"", "Chrome 156 on Windows 11")]
    [InlineData("\"13.0.0\"", "Chrome 156 on Windows 11")]
    [InlineData("\"10.0.0\"", "Chrome 156 on Windows 10")]
    [InlineData("\"1.0.0\"", "Chrome 156 on Windows 10")]
    [InlineData("\"0.3.0\"", "Chrome 156 on Windows 8.1")]
    [InlineData("\"0.2.0\"", "Chrome 156 on Windows 8")]
    [InlineData("\"0.1.0\"", "Chrome 156 on Windows 7")]
    [InlineData("\"11.0.0\"", "Chrome 156 on Windows 10 or 11")]
    [InlineData("\"0\"", "Chrome 156 on Windows 10 or 11")]
    [InlineData("\"\"", "Chrome 156 on Windows 10 or 11")]
    [InlineData("\"", "Chrome 156 on Windows 10 or 11")]
    [InlineData(null, "Chrome 156 on Windows 10 or 11")]
    public void The_platform_version_tells_Windows_10_and_11_apart(string? version, string title) =>
        Assert.Equal(title, Detect(Windows, new() { Brands = Chrome, Platform = "\"Windows\"", PlatformVersion = version, Mobile = "?0" }).Title);

    [Theory]
    [InlineData(Mac, "\"macOS\"", "\"15.6.1\"", "Chrome 156 on macOS 15.6", DeviceType.Desktop)]
    [InlineData(Mac, "\"macOS\"", "\"26.0.0\"", "Chrome 156 on macOS 26", DeviceType.Desktop)]
    [InlineData(Mac, "\"macOS\"", null, "Chrome 156 on macOS", DeviceType.Desktop)]
    [InlineData(Phone, "\"Android\"", "\"16.0.0\"", "Chrome 156 on Android 16", DeviceType.Mobile)]
    [InlineData(Phone, null, null, "Chrome 156 on Android", DeviceType.Mobile)]
    [InlineData($"Mozilla/5.0 (X11; Linux x86_64) {WebKit} Safari/537.36", "\"Linux\"", "\"6.8.0\"", "Chrome 156 on Linux", DeviceType.Desktop)]
    [InlineData($"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WebKit} Safari/537.36", "\"Chrome OS\"", "\"16093.103.0\"",
        "Chrome 156 on ChromeOS", DeviceType.Desktop)]
    [InlineData($"Mozilla/5.0 (X11; Linux x86_64) {WebKit} Safari/537.36", "\"Android\"", "\"15.0.0\"",
        "Chrome 156 on Android 15", DeviceType.Mobile)]
    [InlineData("", "\"Windows\"", "\"15.0.0\"", "Chrome 156 on Windows 11", DeviceType.Desktop)]
    public void Hints_override_the_frozen_parts_of_the_User_Agent(string userAgent, string? platform, string? version, string title, DeviceType type)
    {
        var mobile = type == DeviceType.Mobile ? "?1" : "?0";
        var device = Detect(userAgent, new() { Brands = Chrome, Platform = platform, PlatformVersion = version, Mobile = mobile });
        Assert.Equal(title, device.Title);
        Assert.Equal(type, device.Type);
        Assert.Equal("Blink", device.Engine);
    }

    [Theory]
    [InlineData("\"AvastSecureBrowser\";v=\"6.6.0\", \" Not A;Brand\";v=\"99.0.0.0\", \"Chromium\";v=\"156.0.4758.101\"", "Avast Secure Browser 6")]
    [InlineData("\"Brave\";v=\"156\", \"Chromium\";v=\"156\", \"Not A;Brand\";v=\"99\"", "Brave 156")]
    [InlineData("\"Not)A;Brand\";v=\"8\", \"Chromium\";v=\"156\", \"Google Chrome\";v=\"156\"", "Chrome 156")]
    [InlineData("\"Not/A)Brand\";v=\"8\", \"Chromium\";v=\"156\", \"HeadlessChrome\";v=\"156\"", "Chrome 156")]
    [InlineData("\"Chromium\";v=\"156\", \"Microsoft Edge\";v=\"157\", \"Not?A_Brand\";v=\"24\"", "Edge 157")]
    [InlineData("\"Opera GX\";v=\"120\", \"Chromium\";v=\"156\", \" Not A;Brand\";v=\"99\"", "Opera GX 120")]
    [InlineData("\"Chromium\";v=\"156\", \"YaBrowser\";v=\"26.3\", \"(Not(A:Brand\";v=\"99\"", "Yandex Browser 26")]
    [InlineData("\"\\\\Not;A\\\"Brand\";v=\"99\", \"Chromium\";v=\"156\"", "Chromium 156")]
    [InlineData("\"Chromium\";v=\"156\", \"Browser of tomorrow\";v=\"3\", \"Not.A/Brand\";v=\"99\"", "Browser of tomorrow 3")]
    [InlineData("\"Chromium\" ; v=\"156\" ,\"Vivaldi\";x=1;v=\"7\"", "Vivaldi 7")]
    [InlineData("Chromium;v=156, Vivaldi;v=7", "Vivaldi 7")]
    [InlineData("\"Not A;Brand\";v=\"99\"", "Chrome 156")]
    [InlineData("\"Vivaldi", "Vivaldi")]
    [InlineData("\"\";v=\"1\"", "Chrome 156")]
    [InlineData(";;;,,,\"", "Chrome 156")]
    public void The_brand_names_the_browser_and_grease_is_ignored(string brands, string title)
    {
        Assert.Equal($"{title} on Windows 10 or 11", Detect(Windows, new() { Brands = brands }).Title);
        Assert.Equal($"{title} on Windows 10 or 11", Detect(Windows, new() { FullVersionList = brands }).Title);
    }

    [Theory]
    [InlineData("Edge WebView2 148", "Edg/148.0.0.0", "\"Chromium\";v=\"148\"", "\"Microsoft Edge\";v=\"148\"",
        "\"Microsoft Edge WebView2\";v=\"148\"", "\"Not.A/Brand\";v=\"99\"")]
    [InlineData("Yandex Browser 25", "YaBrowser/25.10.0.0", "\"Chromium\";v=\"140\"", "\"Yowser\";v=\"2.5\"", "\"YaBrowser\";v=\"25.10\"",
        "\"Not=A?Brand\";v=\"24\"")]
    [InlineData("Yandex Browser 25", "", "\"Chromium\";v=\"140\"", "\"Yowser\";v=\"2.5\"", "\"YaBrowser\";v=\"25.10\"", "\"Not=A?Brand\";v=\"24\"")]
    [InlineData("DuckDuckGo 5", "Edg/148.0.0.0", "\"Microsoft Edge WebView2\";v=\"148\"", "\"Microsoft Edge\";v=\"148\"",
        "\"DuckDuckGo\";v=\"5\"", "\"Chromium\";v=\"148\"")]
    [InlineData("Vivaldi 7", "", "\"Google Chrome\";v=\"156\"", "\"Vivaldi\";v=\"7\"", "\"Chromium\";v=\"156\"", "\"Engine of tomorrow\";v=\"3\"")]
    [InlineData("Alpha 1", "", "\"Beta\";v=\"2\"", "\"Alpha\";v=\"1\"", "\"Chromium\";v=\"156\"", "\"Google Chrome\";v=\"156\"")]
    [InlineData("Chrome 156", "", "\"Chromium\";v=\"155\"", "\"Google Chrome\";v=\"156\"", "\"Not A;Brand\";v=\"99\"", "\"Yowser\";v=\"2.5\"")]
    public void The_order_of_the_brands_decides_nothing(string title, string product, params string[] brands)
    {
        var userAgent = $"{Windows} {product}";
        foreach (var order in Orders(brands))
        {
            var text = string.Join(", ", order);
            Assert.Equal($"{title} on Windows 10 or 11", Detect(userAgent, new() { Brands = text }).Title);
            Assert.Equal($"{title} on Windows 10 or 11", Detect(userAgent, new() { Brands = text, FullVersionList = text }).Title);
        }
    }

    [Theory]
    [InlineData("X11; CrOS armv7l 13597.84.0", "\"Linux\"", "Chrome 156 on ChromeOS", DeviceType.Desktop)]
    [InlineData("X11; Ubuntu; Linux x86_64", "\"Linux\"", "Chrome 156 on Ubuntu", DeviceType.Desktop)]
    [InlineData("Web0S; Linux/SmartTV", "\"Linux\"", "Chrome 156 on webOS", DeviceType.TV)]
    [InlineData("SMART-TV; Linux; Tizen 8.0", "\"Linux\"", "Chrome 156 on Tizen 8", DeviceType.TV)]
    [InlineData("Windows NT 10.0; Win64; x64; Xbox; Xbox Series X", "\"Windows\"", "Chrome 156 on Xbox", DeviceType.Console)]
    [InlineData("Phone; OpenHarmony 5.0", "\"Android\"", "Chrome 156 on HarmonyOS 5", DeviceType.Mobile)]
    [InlineData("X11; Linux x86_64", "\"Linux\"", "Chrome 156 on Linux", DeviceType.Desktop)]
    [InlineData("Windows NT 10.0; Win64; x64", "\"Linux\"", "Chrome 156 on Linux", DeviceType.Desktop)]
    public void A_platform_built_on_the_hinted_one_stays(string comment, string platform, string title, DeviceType type)
    {
        var device = Detect($"Mozilla/5.0 ({comment}) {WebKit} Safari/537.36",
            new() { Brands = Chrome, Platform = platform, PlatformVersion = "\"6.8.0\"" });
        Assert.Equal((title, type), (device.Title, device.Type));
    }

    [Fact]
    public void The_full_version_list_gives_the_version()
    {
        var device = Detect(Windows, new()
        {
            Brands = "\"Chromium\";v=\"156\", \"Opera\";v=\"\"",
            FullVersionList = "\"Chromium\";v=\"156.0.7012.33\", \"Opera\";v=\"140.0.5601.1\"",
        });
        Assert.Equal(("Opera", "140"), (device.Browser, device.BrowserVersion));
    }

    [Theory]
    [InlineData("\"Desktop\"", "?0", DeviceType.Desktop)]
    [InlineData("\"Tablet\"", "?0", DeviceType.Tablet)]
    [InlineData("\"Mobile\"", "?0", DeviceType.Mobile)]
    [InlineData("\"Mobile\", \"EInk\"", "?1", DeviceType.Mobile)]
    [InlineData("\"Automotive\"", "?1", DeviceType.Car)]
    [InlineData("\"Watch\"", "?1", DeviceType.Watch)]
    [InlineData("\"XR\"", "?1", DeviceType.Mobile)]
    [InlineData(null, "?0", DeviceType.Tablet)]
    [InlineData(null, "?1", DeviceType.Mobile)]
    [InlineData(null, null, DeviceType.Tablet)]
    public void Form_factors_override_the_mobile_hint_and_both_override_the_User_Agent(string? formFactors, string? mobile, DeviceType type) =>
        Assert.Equal(type, Detect(Tablet, new() { Brands = Chrome, FormFactors = formFactors, Mobile = mobile }).Type);

    [Theory]
    [InlineData("\"Pixel 9\"", "Pixel 9")]
    [InlineData("\"SM-S918B\"", "SM-S918B")]
    [InlineData("\"\"", null)]
    [InlineData("\"K\"", null)]
    [InlineData(null, null)]
    public void The_model_comes_from_the_hint(string? model, string? expected) =>
        Assert.Equal(expected, Detect(Phone, new() { Brands = Chrome, Model = model }).Model);

    [Fact]
    public void A_touch_screen_reveals_an_iPad_that_claims_to_be_a_Mac()
    {
        var device = Detect(IPad, new() { Touch = true });
        Assert.Equal("Safari 26 on iPadOS 26.1", device.Title);
        Assert.Equal((DeviceType.Tablet, "iPad"), (device.Type, device.Model));
        Assert.Equal((DeviceType.Desktop, "Safari 26 on macOS"), (Detect(IPad, ClientHints.None).Type, Detect(IPad, ClientHints.None).Title));
    }

    [Fact]
    public void An_app_in_a_web_view_keeps_its_own_name()
    {
        const string app = "Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Version/4.0 Chrome/156.0.0.0 Mobile Safari/537.36 Instagram 350.0.0.45";
        var hints = new ClientHints
        {
            Brands = "\"Chromium\";v=\"156\", \"Android WebView\";v=\"156\"",
            Platform = "\"Android\"",
            PlatformVersion = "\"14.0.0\"",
            Mobile = "?1",
        };
        Assert.Equal("Instagram 350 on Android 14", Detect(app, hints).Title);
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:156.0) Gecko/20100101 Firefox/156.0", "Firefox 156 on Windows 10 or 11")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        + "Version/17.5 Mobile/15E148 Safari/604.1", "Safari 17 on iOS 17.5")]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot 2.1")]
    public void Hints_from_a_browser_that_never_sends_them_are_ignored(string userAgent, string title) =>
        Assert.Equal(title, Detect(userAgent, new() { Brands = Chrome, Platform = "\"Linux\"", PlatformVersion = "\"6.8.0\"", Mobile = "?0" }).Title);

    [Fact]
    public void Opera_shows_its_own_version_not_Chromiums()
    {
        var hints = new ClientHints
        {
            Brands = "\"Chromium\";v=\"98\", \"Opera\";v=\"84\"",
            FullVersionList = "\"Chromium\";v=\"98.0.4758.82\", \"Opera\";v=\"98.0.4758.82\"",
            Platform = "\"Windows\"",
            PlatformVersion = "\"10.0.0\"",
        };
        Assert.Equal("Opera 84 on Windows 10", Detect($"{Windows} OPR/84.0.4316.19", hints).Title);
        Assert.Equal("Opera 98 on Windows 10", Detect(Windows, hints).Title);
    }

    [Theory]
    [InlineData(Windows, "\"Windows\"", "?0", "\"Xbox\"", null, DeviceType.Console)]
    [InlineData(Windows, "\"Windows\"", "?0", "\"\"", null, DeviceType.Desktop)]
    [InlineData(Tablet, "\"Android\"", "?0", "\"SM-S918B\"", null, DeviceType.Tablet)]
    [InlineData(Phone, "\"Android\"", "?1", "\"SHT-W09\"", null, DeviceType.Tablet)]
    [InlineData(Phone, "\"Android\"", "?1", "\"SM-S918B\"", "\"Tablet\", \"Mobile\"", DeviceType.Tablet)]
    [InlineData(Phone, "\"Android\"", "?1", "\"SM-S918B\"", "\"XR\"", DeviceType.Mobile)]
    public void The_model_and_form_factors_determine_the_device_type(string userAgent, string platform, string mobile, string model,
        string? factors, DeviceType type) =>
        Assert.Equal(type,
            Detect(userAgent, new() { Brands = Chrome, Platform = platform, Mobile = mobile, Model = model, FormFactors = factors }).Type);

    [Fact]
    public void Stored_hints_give_the_same_device()
    {
        var hints = new ClientHints
        {
            Brands = Chrome,
            Platform = "\"Windows\"",
            PlatformVersion = "\"15.0.0\"",
            Mobile = "?0",
            Model = "\"\"",
            FormFactors = "\"Desktop\"",
        };
        Assert.Equal(Detect(Windows, hints), Detect(Windows, ClientHints.Parse(hints.ToText())));
        Assert.Equal("Chrome 156 on Windows 11", Detect(Windows, ClientHints.Parse(hints.ToText())).Title);
    }

    private static IEnumerable<IEnumerable<string>> Orders(string[] items) => items.Length == 1
        ? [items]
        : items.SelectMany(first => Orders([.. items.Except([first], StringComparer.Ordinal)]).Select(rest => rest.Prepend(first)));

    private static Device Detect(string userAgent, ClientHints hints) => DeviceDetector.Detect(new DeviceSignals(userAgent, hints));
}
