using Accounts.Core.Administration;
using Accounts.Core.PersonalData;
using Accounts.Core.Manager;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Administration;

/// <summary>Retention shortens or removes old data once, whatever happens at the same time.</summary>
public sealed class RetentionTests
{
    private static readonly (string, string) LongIdle = ("Sessions:IdleTimeout", "170.00:00:00");
    private static readonly (string, string) OneDay = ("Retention:Addresses", "1.00:00:00");

    [EachEngineFact]
    public async Task An_address_is_shortened_at_the_configured_age_and_not_before()
    {
        await using var host = CoreHost.Start(settings: [LongIdle]);
        await host.RegisterAsync();
        var (idle, active) = (await host.SignInAsync(), await host.SignInAsync());
        host.Clock.Advance(TimeSpan.FromDays(60));
        host.Activity.Record((await host.RequestAsync(active))!, "2001:db8:1:2::3");

        host.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMicroseconds(1));
        await Retention(host).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("203.0.113.7", "203.0.113.7"), Addresses(host, idle));
        Assert.All(host.Rows.Audit("user.signed_in"), audit => Assert.Equal("203.0.113.7", audit["Address"]));

        host.Clock.Advance(TimeSpan.FromMicroseconds(1));
        await Retention(host).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("203.0.113.0", "203.0.113.0"), Addresses(host, idle));
        // A live session loses its sign-in address and keeps its latest one.
        Assert.Equal(("203.0.113.0", "2001:db8:1:2::3"), Addresses(host, active));
        Assert.All(host.Rows.Audit("user.signed_in"), audit => Assert.Equal("203.0.113.0", audit["Address"]));

        host.Clock.Advance(TimeSpan.FromDays(60) - TimeSpan.FromMicroseconds(1));
        await Retention(host).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("203.0.113.0", "2001:db8:1:2::3"), Addresses(host, active));
        host.Clock.Advance(TimeSpan.FromMicroseconds(1));
        await Retention(host).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("203.0.113.0", "2001:db8:1::"), Addresses(host, active));
        Assert.NotNull(await host.RequestAsync(active));
    }

    [EachEngineFact]
    public async Task Activity_after_shortening_stores_an_address_that_is_shortened_later()
    {
        await using var host = CoreHost.Start(settings: [OneDay]);
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        await AssertAddressesAfterAsync(host, TimeSpan.FromDays(1), browser, ("203.0.113.0", "203.0.113.0"));

        host.Clock.Advance(TimeSpan.FromHours(5));
        host.Activity.Record((await host.RequestAsync(browser))!, "198.51.100.9");
        await AssertAddressesAfterAsync(host, TimeSpan.FromHours(24) - TimeSpan.FromMicroseconds(1), browser, ("203.0.113.0", "198.51.100.9"));
        await AssertAddressesAfterAsync(host, TimeSpan.FromMicroseconds(1), browser, ("203.0.113.0", "198.51.100.0"));
    }

    // Guard: the flush at the beginning of Retention.RunAsync.
    [EachEngineFact]
    public async Task Activity_not_yet_flushed_does_not_restore_an_old_address()
    {
        await using var host = CoreHost.Start(settings: [OneDay]);
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        host.Clock.Advance(TimeSpan.FromHours(1));
        host.Activity.Record((await host.RequestAsync(browser))!, "198.51.100.9");

        await AssertAddressesAfterAsync(host, TimeSpan.FromHours(25), browser, ("203.0.113.0", "198.51.100.0"));
        await host.Activity.FlushAsync();
        Assert.Equal(("203.0.113.0", "198.51.100.0"), Addresses(host, browser));
    }

    [EachEngineFact]
    public async Task An_ended_session_is_removed_at_the_configured_age_and_its_events_stay()
    {
        await using var host = CoreHost.Start(settings: [LongIdle, ("Retention:EndedSessions", "30.00:00:00")]);
        await host.RegisterAsync();
        var (owner, first, second) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        await host.Get<SupportCodes>().FindOrMakeAsync(first.Caller);
        await host.Sessions.TerminateAsync(owner.Caller, first.Id);
        host.Clock.Advance(TimeSpan.FromDays(1));
        await host.Sessions.TerminateAsync(owner.Caller, second.Id);
        var audit = host.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\"");

        host.Clock.Advance(TimeSpan.FromDays(29) - TimeSpan.FromMicroseconds(1));
        await Retention(host).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, (await host.Sessions.FindAsync(owner.Caller, [owner.Id, first.Id, second.Id])).Count);
        host.Clock.Advance(TimeSpan.FromMicroseconds(1));
        await Retention(host).RunAsync(TestContext.Current.CancellationToken);

        var left = await host.Sessions.FindAsync(owner.Caller, [owner.Id, first.Id, second.Id]);
        Assert.Equal([owner.Id, second.Id], left.Select(session => session.Id).OrderByDescending(id => id == owner.Id));
        Assert.Null(await host.RequestAsync(first));
        Assert.Null(await host.Departures.ConfirmLeftAsync(first.Id, first.Key));
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"SupportCodes\""));
        Assert.Equal(audit, host.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\""));
        Assert.Equal(first.Id.Value, Guid.Parse((string)host.Rows.Audit("session.terminated")[0]["SessionId"]!));
        Assert.NotNull(await host.RequestAsync(owner));
    }

    // Guard: Take(BatchSize), and the priority of the batches. On PostgreSQL, an ending only waits for a batch that has its row.
    [Fact]
    [OnSqlite]
    public async Task Ending_a_session_during_a_long_round_waits_for_one_batch()
    {
        await using var host = CoreHost.Start(settings: [OneDay]);
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        await host.CopyAsync(owner, 350);
        host.Clock.Advance(TimeSpan.FromDays(1));

        var (batch, ending, next) = (host.Gate.StopCommit(), host.Gate.StopCommit(), host.Gate.StopCommit());
        var round = Retention(host).RunAsync(TestContext.Current.CancellationToken);
        await batch.Arrived;
        var terminate = host.Sessions.TerminateAsync(owner.ProvedAt(host.Clock.GetUtcNow()), other.Id);
        Assert.False(terminate.IsCompleted);
        batch.Release();
        await ending.Arrived;
        ending.Release();
        Assert.Equal(TerminateOutcome.Terminated, await terminate.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));

        await next.Arrived;
        Assert.Equal(100, Shortened(host));
        next.Release();
        await round;
        Assert.Equal(352, Shortened(host));
    }

    [EachEngineFact]
    public async Task The_next_process_finishes_an_interrupted_round()
    {
        using var database = new TestDatabase();
        await using (var host = CoreHost.Start(database, settings: [OneDay]))
        {
            await host.RegisterAsync();
            await host.CopyAsync(await host.SignInAsync(), 250);
            host.Clock.Advance(TimeSpan.FromDays(1));
            var batch = host.Gate.StopCommit();
            var round = Retention(host).RunAsync(TestContext.Current.CancellationToken);
            await batch.Arrived;
            host.Gate.FailCommit();
            batch.Release();
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => round);
            Assert.Equal(100, Shortened(host));
        }

        await using var again = CoreHost.Start(database, settings: [OneDay]);
        again.Clock.Advance(TimeSpan.FromDays(1));
        await Retention(again).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(251, Shortened(again));
        Assert.Equal(0, again.Rows.Number("SELECT COUNT(*) FROM \"AuditDetails\" WHERE \"Address\" LIKE '%.7'"));
    }

    [EachEngineFact]
    public async Task Retention_runs_at_start_and_by_the_clock_and_survives_a_database_failure()
    {
        await using var host = CoreHost.Start(settings: [OneDay]);
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        host.Clock.Advance(TimeSpan.FromDays(1));
        await Retention(host).StartAsync(TestContext.Current.CancellationToken);
        Patience.Until(() => Addresses(host, browser).SignIn.EndsWith(".0", StringComparison.Ordinal) && host.Clock.Waiting == 1);

        host.Activity.Record((await host.RequestAsync(browser))!, "198.51.100.9");
        await host.Activity.FlushAsync();
        host.Gate.FailCommand("\"WholeAddressSince\" <=");
        var failed = host.Gate.StopCommand("\"WholeAddressSince\" <=");
        // The round a day later finds the database unavailable. The round an hour after that succeeds.
        host.Clock.Advance(TimeSpan.FromDays(1));
        failed.Release();
        Patience.Until(() =>
        {
            host.Clock.Advance(TimeSpan.FromHours(1));
            return Addresses(host, browser).Last.EndsWith(".0", StringComparison.Ordinal);
        });
        Assert.True(failed.HasArrived);
        await Retention(host).StopAsync(TestContext.Current.CancellationToken);
    }

    [EachEngineFact]
    public async Task A_round_with_nothing_to_do_writes_nothing()
    {
        await using var host = CoreHost.Start(settings: [OneDay]);
        await host.RegisterAsync();
        await host.SignInAsync();
        var commit = host.Gate.StopCommit();
        await Retention(host).RunAsync(TestContext.Current.CancellationToken);
        Assert.False(commit.HasArrived);

        // A day later there is something to do.
        host.Clock.Advance(TimeSpan.FromDays(1));
        var round = Retention(host).RunAsync(TestContext.Current.CancellationToken);
        await commit.Arrived;
        commit.Release();
        await round;
    }

    private static Retention Retention(CoreHost host) => host.Get<Retention>();

    private static async Task AssertAddressesAfterAsync(CoreHost host, TimeSpan time, SignedInBrowser browser, (string, string) addresses)
    {
        host.Clock.Advance(time);
        await Retention(host).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(addresses, Addresses(host, browser));
    }

    private static (string SignIn, string Last) Addresses(CoreHost host, SignedInBrowser browser)
    {
        var row = host.Rows.Session(browser.Id);
        return ((string)row["SignInAddress"]!, (string)row["LastAddress"]!);
    }

    private static long Shortened(CoreHost host) =>
        host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"SignInAddress\" = '203.0.113.0' AND \"LastAddress\" = '203.0.113.0'");
}
