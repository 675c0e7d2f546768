using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.SignIn;

/// <summary>A country that is new to the account is marked for a week.</summary>
public sealed class NewCountryTests
{
    private const string Germany = "193.99.144.80";
    private const string Japan = "133.11.0.1";
    private const string Home = "192.168.1.20";

    [EachEngineFact]
    public async Task Only_a_known_country_that_the_account_has_not_used_is_new()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var laptop = BrowserId.New();

        Assert.False(await IsNewAsync(host, laptop, Germany), "Nothing is new to an account without a country.");
        Assert.False(await IsNewAsync(host, laptop, Germany), "The same again.");
        Assert.False(await IsNewAsync(host, laptop, Home), "The network here is no country.");
        Assert.False(await IsNewAsync(host, laptop, "203.0.113.7"), "Unknown is no country.");
        Assert.True(await IsNewAsync(host, laptop, Japan), "Another country.");
        Assert.False(await IsNewAsync(host, laptop, Japan), "It is known now.");
        Assert.False(await IsNewAsync(host, BrowserId.New(), Germany), "An old country in a new browser.");
    }

    [EachEngineFact]
    public async Task A_country_is_no_longer_new_after_a_week()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.SignInAsync(browser: CoreHost.NewBrowser(address: Germany));
        var away = await host.SignInAsync(browser: CoreHost.NewBrowser(address: Japan));

        host.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        Assert.True((await FindAsync(host, away.Caller)).IsFlagged);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False((await FindAsync(host, away.Caller)).IsFlagged);
    }

    [EachEngineFact]
    public async Task Other_users_countries_do_not_count()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        await host.SignInAsync(browser: CoreHost.NewBrowser(address: Germany));
        await host.SignInAsync("grace@example.test", browser: CoreHost.NewBrowser(address: Japan));

        Assert.True(await IsNewAsync(host, BrowserId.New(), Japan));
    }

    private static async Task<bool> IsNewAsync(CoreHost host, BrowserId browser, string address) =>
        (await FindAsync(host, (await host.SignInAsync(browser: CoreHost.NewBrowser(browser, address))).Caller)).NewCountry;

    private static async Task<Session> FindAsync(CoreHost host, Caller caller) =>
        Assert.Single(await host.Sessions.FindAsync(caller, [caller.OwnSession]));
}
