using Accounts.Core.Devices;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Sessions;

/// <summary>Browsers update themselves during a session. A card with the version at sign-in would be wrong within weeks.</summary>
public sealed class BrowserUpdateTests
{
    private const string Later = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/160.0.0.0 Safari/537.36";
    private const string Address = "203.0.113.7";

    [EachEngineFact]
    public async Task An_updated_browser_shows_at_once_and_is_stored_by_the_next_flush()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        Assert.Equal("154", Assert.Single(await host.Sessions.ListAsync(browser.Caller)).Device.BrowserVersion);

        host.Activity.RecordPage((await host.RequestAsync(browser))!, Address, new DeviceSignals(Later));

        Assert.Equal("160", Assert.Single(await host.Sessions.ListAsync(browser.Caller)).Device.BrowserVersion);
        Assert.Equal(CoreHost.Chrome, host.Rows.Session(browser.Id)["UserAgent"]);
        await host.Activity.FlushAsync();
        Assert.Equal(Later, host.Rows.Session(browser.Id)["UserAgent"]);

        // A request that says nothing about the browser removes nothing.
        host.Activity.Record((await host.RequestAsync(browser))!, Address);
        await host.Activity.FlushAsync();
        Assert.Equal(Later, host.Rows.Session(browser.Id)["UserAgent"]);
    }

    [EachEngineFact]
    public async Task A_different_browser_with_the_same_cookie_does_not_replace_the_device()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();

        host.Activity.RecordPage((await host.RequestAsync(browser))!, Address, new DeviceSignals(Visitor.Phone));
        host.Activity.RecordPage((await host.RequestAsync(browser))!, Address, new DeviceSignals(Visitor.Chrome));
        await host.Activity.FlushAsync();

        Assert.Equal(CoreHost.Chrome, host.Rows.Session(browser.Id)["UserAgent"]);
        Assert.Equal("154", Assert.Single(await host.Sessions.ListAsync(browser.Caller)).Device.BrowserVersion);
    }

    [EachEngineFact]
    public async Task Hints_that_are_not_complete_yet_do_not_replace_the_device()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var brands = new ClientHints { Brands = "\"Google Chrome\";v=\"160\"", Platform = "\"Windows\"", Mobile = "?0" };

        host.Activity.RecordPage((await host.RequestAsync(browser))!, Address, new DeviceSignals(Later, brands));
        await host.Activity.FlushAsync();
        Assert.Equal((CoreHost.Chrome, null), (host.Rows.Session(browser.Id)["UserAgent"], host.Rows.Session(browser.Id)["ClientHints"]));

        var whole = brands with { PlatformVersion = "\"15.0.0\"" };
        host.Activity.RecordPage((await host.RequestAsync(browser))!, Address, new DeviceSignals(Later, whole));
        await host.Activity.FlushAsync();
        Assert.Equal((Later, whole.ToText()), (host.Rows.Session(browser.Id)["UserAgent"], host.Rows.Session(browser.Id)["ClientHints"]));
    }

    [EachEngineFact]
    public async Task The_next_flush_writes_what_a_failed_one_could_not()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        host.Activity.RecordPage((await host.RequestAsync(browser))!, Address, new DeviceSignals(Later));

        host.Gate.FailBegin();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(host.Activity.FlushAsync);
        await host.Activity.FlushAsync();

        Assert.Equal(Later, host.Rows.Session(browser.Id)["UserAgent"]);
    }
}
