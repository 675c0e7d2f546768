using Accounts.Core.Storage;

namespace Accounts.Tests.Fixtures;

/// <summary>Tests of the fixture itself: what the gate and the host promise to other tests.</summary>
public sealed class CoreHostTests
{
    [Fact]
    public async Task A_user_registers_signs_in_and_is_authenticated()
    {
        await using var host = CoreHost.Start();
        var ada = await host.RegisterAsync();

        var browser = await host.SignInAsync();

        Assert.Equal(ada, browser.Caller.Subject);
        Assert.Equal(browser.Id, (await host.RequestAsync(browser))!.Id);
    }

    [Fact]
    public async Task A_held_commit_happens_only_when_it_is_released()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var commit = host.Gate.StopCommit();

        var signIn = host.SignInAsync();
        await commit.Arrived;
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));

        commit.Release();
        await signIn;
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    [Fact]
    public async Task A_failing_command_fails_once_and_changes_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        host.Gate.FailCommand("INSERT INTO \"Sessions\"");

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.SignInAsync());
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));

        await host.SignInAsync();
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }

    [Fact]
    public async Task A_failing_commit_changes_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        host.Gate.FailCommit();

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.SignInAsync());
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
    }
}
