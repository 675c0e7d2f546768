using Accounts.Core.Geolocation;
using Accounts.Tests.Fixtures;
using Microsoft.Playwright;

namespace Accounts.Tests.Browser;

/// <summary>A session's place, with a flag, in the viewer's language.</summary>
[Collection(BrowserTests.Name)]
public sealed class PlaceTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string Germany = "193.99.144.80";
    private const string Japan = "133.11.0.1";

    [Theory]
    [InlineData("de-DE", "Deutschland")]
    [InlineData("ja-JP", "ドイツ")]
    [InlineData("en-GB", "Germany")]
    public async Task A_country_has_its_flag_and_its_name_in_the_viewers_language(string language, string name)
    {
        await using var site = Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site, language: language)).SignInAsync(Ada);
        using var other = await SignInFromAsync(site, Germany);

        var card = owner.CardOf((await site.FindSessionAsync(other)).Id);
        await Assertions.Expect(card.Locator(".place")).ToHaveTextAsync(name);
        Assert.True(await card.Locator("img.flag").EvaluateAsync<bool>("async flag => { await flag.decode(); return flag.naturalWidth > 0; }"));
        await Assertions.Expect(owner.Cards.First.Locator(".place")).ToHaveTextAsync("Local network");
        await Assertions.Expect(owner.Cards.First.Locator("img.flag")).ToHaveCountAsync(0);
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Link, new() { Name = "IP Geolocation by DB-IP" }))
            .ToHaveAttributeAsync("href", "https://db-ip.com/");
    }

    // Guard: Encode in Where.
    [Fact]
    public async Task Markup_in_a_place_name_is_shown_as_text()
    {
        const string name = "<img src=x> & <b>co</b>";
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("own.bin"), PlaceData.Only("QQ", name));
        await using var site = Start(("Geolocation:Path", folder.File("own.bin")));
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        using var other = await SignInFromAsync(site, Germany);
        await Assertions.Expect(owner.CardOf((await site.FindSessionAsync(other)).Id).Locator(".place")).ToHaveTextAsync(name);
    }

    [Fact]
    public async Task The_card_shows_the_latest_place_and_the_details_keep_the_sign_in_place()
    {
        await using var site = Start();
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        using var other = await SignInFromAsync(site, Germany);
        var card = owner.CardOf((await site.FindSessionAsync(other)).Id);
        await Assertions.Expect(card).ToContainTextAsync(Germany);

        other.Headers["X-Forwarded-For"] = Japan;
        await other.ReadAsync("/settings");

        await Assertions.Expect(card.Locator(".where .place")).ToHaveTextAsync("Japan");
        await Assertions.Expect(card.Locator(".where img.flag")).ToHaveAttributeAsync("src", "flags/jp.svg");
        await Assertions.Expect(card).Not.ToContainTextAsync(Germany);

        // The details show where it signed in.
        await owner.OpenMenuAsync(card);
        await owner.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Details" }).ClickAsync();
        await Assertions.Expect(owner.Dialog).ToContainTextAsync(Germany);
        await Assertions.Expect(owner.Dialog).ToContainTextAsync(Japan);
    }

    [Fact]
    public async Task The_history_filters_by_country_in_the_viewers_language()
    {
        await using var site = Start();
        await site.RegisterAsync(Ada);
        using var german = await SignInFromAsync(site, Germany);
        using var japanese = await SignInFromAsync(site, Japan);
        await using var owner = await (await Person.OpenAsync(chromium, site, language: "de-DE")).SignInAsync(Ada);
        // With fewer than five sessions there are no filters.
        await site.StartSessionsAsync(Ada, 2, Visitor.Chrome);
        await owner.GoAsync("/settings/sessions#history");
        var rows = owner.Page.Locator(".history tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(5);

        var search = owner.Page.GetByLabel("Search history");
        await search.FillAsync("deutschl");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync(Germany);
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Link, new() { Name = "Export CSV" }))
            .ToHaveAttributeAsync("href", "settings/sessions/history.csv?text=deutschl&names=DE%3ADeutschland");
        await search.FillAsync("");
        await Assertions.Expect(rows).ToHaveCountAsync(5);

        await owner.Page.Locator(".drop summary").Filter(new() { HasText = "More filters" }).ClickAsync();
        var country = owner.Page.Locator(".history").GetByLabel("Country");
        await Assertions.Expect(country.Locator("option")).ToHaveTextAsync(["Any country", "Deutschland", "Japan"]);
        await country.SelectOptionAsync(new SelectOptionValue { Label = "Deutschland" });
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync(Germany);
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Link, new() { Name = "Export CSV" }))
            .ToHaveAttributeAsync("href", "settings/sessions/history.csv?country=DE");
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Button, new() { Name = "Remove filter Deutschland" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Search_finds_cards_by_country_in_the_viewers_language()
    {
        await using var site = Start();
        await site.RegisterAsync(Ada);
        await site.StartSessionsAsync(Ada, 13, Visitor.Chrome);
        using var german = await SignInFromAsync(site, Germany);
        await using var owner = await (await Person.OpenAsync(chromium, site, language: "de-DE")).SignInAsync(Ada);

        await owner.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search sessions" }).FillAsync("deutschl");
        // This device, and the match.
        await owner.WaitForCardsAsync(2);
        await Assertions.Expect(owner.Cards.Last).ToContainTextAsync(Germany);
        await owner.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search sessions" }).FillAsync("Germany");
        await owner.WaitForCardsAsync(2);
        await owner.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search sessions" }).FillAsync("Frankreich");
        await Assertions.Expect(owner.Page.GetByText("No matches.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_sign_in_from_a_new_country_is_marked_as_new()
    {
        await using var site = Start();
        await site.RegisterAsync(Ada);
        using var german = await SignInFromAsync(site, Germany);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        using var japanese = await SignInFromAsync(site, Japan);

        await Assertions.Expect(owner.CardOf((await site.FindSessionAsync(japanese)).Id)).ToContainTextAsync("New");
        await Assertions.Expect(owner.CardOf((await site.FindSessionAsync(german)).Id)).Not.ToContainTextAsync("New");
    }

    [Fact]
    public async Task A_network_of_a_known_kind_is_named_instead_of_approximate()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("places.bin"), PlaceData.Small(type: 24).Write());
        await using var site = Start(("Geolocation:Path", folder.File("places.bin")));
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        using var rented = await SignInFromAsync(site, "6.1.2.3");
        using var atHome = await SignInFromAsync(site, "5.1.2.3");

        await Assertions.Expect(owner.CardOf((await site.FindSessionAsync(rented)).Id).Locator(".where .place"))
            .ToHaveTextAsync("Osaka, Japan (hosting network)");
        await Assertions.Expect(owner.CardOf((await site.FindSessionAsync(atHome)).Id).Locator(".where .place"))
            .ToHaveTextAsync("Berlin (approximate), Germany");
        await owner.GoAsync("/settings/sessions#history");
        var rows = owner.Page.Locator(".history tbody tr");
        await Assertions.Expect(rows.Filter(new() { HasText = "6.1.2.3" })).ToContainTextAsync("Osaka, Japan (hosting network)");
        await Assertions.Expect(rows.Filter(new() { HasText = "5.1.2.3" })).ToContainTextAsync("Germany");
        await Assertions.Expect(rows.Filter(new() { HasText = "5.1.2.3" })).Not.ToContainTextAsync("hosting");
    }

    /// <summary>Follows the three steps of docs/operations.md, Places.</summary>
    [Fact]
    public async Task A_replaced_geolocation_file_takes_effect_without_a_restart()
    {
        var steps = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"));
        Assert.Matches("(?s)\n1[.] [[]Get its file.*\n2[.] Set `Geolocation:Path` to it and start.*\n3[.] .*put the file in the place of the old "
            + "one, best by `mv`.*`Geolocation:CheckInterval`", steps);

        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("places.bin"), PlaceData.Only("DE", "Germany"));
        await using var site = Start(("Geolocation:Path", folder.File("places.bin")), ("Geolocation:CheckInterval", "00:00:00.1"));
        await site.RegisterAsync(Ada);
        await using var owner = await (await Person.OpenAsync(chromium, site)).SignInAsync(Ada);
        using var other = await SignInFromAsync(site, Japan);
        var place = owner.CardOf((await site.FindSessionAsync(other)).Id).Locator(".where .place");
        await Assertions.Expect(place).ToHaveTextAsync("Germany");

        await File.WriteAllBytesAsync(folder.File("new.bin"), PlaceData.Only("JP", "Japan"));
        File.Move(folder.File("new.bin"), folder.File("places.bin"), overwrite: true);
        Patience.Until(() => site.Get<PlaceFinder>().Find(Japan).CountryCode is "JP");
        await owner.Page.ReloadAsync();
        await Assertions.Expect(place).ToHaveTextAsync("Japan");
    }

    private static AccountsSite Start(params (string, string)[] settings) =>
        AccountsSite.Start(settings: [("Network:KnownProxies:0", "127.0.0.1"), ("Network:KnownProxies:1", "::1"), .. settings]);

    /// <summary>Signs in through a proxy that forwards the client's address.</summary>
    private static async Task<Visitor> SignInFromAsync(AccountsSite site, string address)
    {
        var visitor = site.Visit(Visitor.Phone);
        visitor.Headers["X-Forwarded-For"] = address;
        await visitor.SignInAsync(Ada, AccountsSite.Password);
        return visitor;
    }
}
