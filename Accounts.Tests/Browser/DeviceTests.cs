using Accounts.Core.Devices;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>What a card says about a browser that sent Client Hints. Emulated browsers send what the developer tools' emulation sends.</summary>
[Collection(BrowserTests.Name)]
public sealed class DeviceTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Mac =
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15";

    [Fact]
    public async Task The_card_says_what_the_browser_really_is()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var person = await Person.OpenAsync(chromium, site, userAgent: null);
        await person.SignInAsync(Ada);

        var version = person.Profile.Browser!.Version.Split('.')[0];
        await ExpectAsync(person, $"Chromium {version} on Linux", "Desktop");
        using var rows = site.Rows();
        var kept = ClientHints.Parse(rows.Text("SELECT \"ClientHints\" FROM \"Sessions\""));
        Assert.Contains(person.Profile.Browser!.Version, kept.FullVersionList, StringComparison.Ordinal);
        Assert.NotNull(kept.PlatformVersion);
    }

    [Theory]
    [InlineData("10.0.0", "Windows 10")]
    [InlineData("15.0.0", "Windows 11")]
    public async Task A_hint_tells_Windows_10_and_11_apart(string platformVersion, string platform)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var person = await Person.OpenAsync(chromium, site, userAgent: null);
        await EmulateAsync(person, Person.Windows + " Edg/156.0.0.0", "Microsoft Edge", "Windows", platformVersion, "", mobile: false);
        await person.SignInAsync(Ada);

        await ExpectAsync(person, $"Edge 156 on {platform}", "Desktop");
    }

    [Fact]
    public async Task Hints_name_a_phones_model_and_version()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var person = await Person.OpenAsync(chromium, site, userAgent: null, phone: true);
        const string reduced = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36";
        await EmulateAsync(person, reduced, "Google Chrome", "Android", "16.0.0", "Pixel 9", mobile: true);
        await person.SignInAsync(Ada);

        await ExpectAsync(person, "Chrome 156 on Android 16", "Mobile · Pixel 9");
    }

    [Theory]
    [InlineData(true, "Safari 26 on iPadOS 26.1", "Tablet · iPad")]
    [InlineData(false, "Safari 26 on macOS", "Desktop")]
    public async Task A_touch_screen_reveals_an_iPad_that_claims_to_be_a_Mac(bool touch, string title, string device)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        await using var person = await Person.OpenAsync(chromium, site, Mac, touch: touch);
        await person.SignInAsync(Ada);

        await ExpectAsync(person, title, device);
    }

    private static async Task ExpectAsync(Person person, string title, string device)
    {
        await Assertions.Expect(person.Cards.GetByRole(AriaRole.Heading)).ToHaveTextAsync(title);
        await Assertions.Expect(person.Cards.Locator(".run > span").First).ToHaveTextAsync(device);
    }

    private static async Task EmulateAsync(Person person, string userAgent, string brand, string platform, string platformVersion,
        string model, bool mobile)
    {
        object[] Brands(string version) =>
        [
            new { brand = "Not:A-Brand", version = "8" }, new { brand = "Chromium", version }, new { brand, version },
        ];
        var tools = await person.Profile.NewCDPSessionAsync(person.Page);
        await tools.SendAsync("Emulation.setUserAgentOverride", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["userAgent"] = userAgent,
            ["userAgentMetadata"] = new
            {
                brands = Brands("156"), fullVersionList = Brands("156.0.7900.12"), platform, platformVersion, architecture = "", model, mobile,
                formFactors = new[] { mobile ? "Mobile" : "Desktop" },
            },
        });
    }
}
