using System.Diagnostics.Metrics;
using System.Security.Claims;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Demo;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Live;

public sealed class SessionRegistryTests
{
    [EachEngineFact]
    public async Task Only_the_sessions_own_key_is_accepted()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (browser, other) = (await host.SignInAsync(), await host.SignInAsync());

        // Once before the registry has cached the session, and once after.
        for (var round = 0; round < 2; round++)
        {
            foreach (var key in new[]
            {
                "",
                "garbage",
                other.Key,
                SessionKey.New().Reveal(),
                new string('!', 43),
                browser.Key + "A",
                new string('A', 100_000),
            })
                Assert.Null(await host.Authenticator.AuthenticateAsync(browser.Id, key));
            Assert.NotNull(await host.RequestAsync(browser));
        }
    }

    [EachEngineFact]
    public async Task A_ticket_forged_from_the_database_contents_is_refused()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var row = host.Rows.Session(browser.Id);

        foreach (var stolen in row.Values.OfType<byte[]>())
        {
            foreach (var key in new[]
            {
                System.Buffers.Text.Base64Url.EncodeToString(stolen),
                Convert.ToHexString(stolen),
                Convert.ToBase64String(stolen),
            })
                Assert.Null(await host.Authenticator.AuthenticateAsync(browser.Id, key));
        }

        Assert.Equal(browser.Session.Key.Hash(), row["KeyHash"]);
        Assert.NotNull(await host.RequestAsync(browser));
    }

    [EachEngineFact]
    public async Task An_unknown_session_is_refused_and_not_cached()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var unknown = SessionId.New(TestClock.Start);
        for (var round = 0; round < 2; round++)
        {
            // The registry asks the database each time.
            var query = host.Gate.StopResult("FROM \"Sessions\"");
            var request = host.Authenticator.AuthenticateAsync(unknown, SessionKey.New().Reveal());
            await query.Arrived;
            query.Release();
            Assert.Null(await request);
        }
    }

    // Guard: CountUnknown, instead of a tombstone for each id.
    [EachEngineFact]
    public async Task A_flood_of_unknown_sessions_leaves_nothing_in_memory()
    {
        await using var host = CoreHost.Start();
        using var meters = new Meters(host.Get<IMeterFactory>());
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        Assert.NotNull(await host.RequestAsync(browser));
        var before = meters.Read("accounts.sessions.in_memory");
        Assert.True(before > 0);

        for (var number = 0; number < 200; number++)
            Assert.Null(await host.Authenticator.AuthenticateAsync(SessionId.New(TestClock.Start), SessionKey.New().Reveal()));
        Assert.Equal(before, meters.Read("accounts.sessions.in_memory"));
        Assert.Equal(200, meters.Read("accounts.sessions.unknown"));
    }

    [EachEngineFact]
    public async Task A_cached_session_needs_no_database()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        host.Gate.FailCommand("SELECT");
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.RequestAsync(browser).AsTask());
        Assert.NotNull(await host.RequestAsync(browser));

        host.Gate.FailCommand("SELECT");
        Assert.NotNull(await host.RequestAsync(browser));
        Assert.NotNull(await host.Authenticator.FindLiveAsync(browser.Id));
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.Sessions.ListAsync(browser.Caller));
    }

    [EachEngineFact]
    public async Task A_session_that_ended_before_a_restart_is_refused()
    {
        using var database = new TestDatabase();
        SignedInBrowser ended, living;
        await using (var before = CoreHost.Start(database))
        {
            await before.RegisterAsync();
            (ended, living) = (await before.SignInAsync(), await before.SignInAsync());
            await before.Sessions.SignOutAsync(ended.Caller);
        }

        await using var host = CoreHost.Start(database);
        Assert.Null(await host.RequestAsync(ended));
        Assert.Null(await host.Authenticator.FindLiveAsync(ended.Id));
        Assert.NotNull(await host.RequestAsync(living));
    }

    [EachEngineFact]
    public async Task A_session_expires_without_a_sweep()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (known, unknown) = (await host.SignInAsync(remember: false), await host.SignInAsync(remember: false));
        var live = (await host.RequestAsync(known))!;

        host.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
        Assert.NotNull(await host.RequestAsync(known));
        host.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.Null(await host.RequestAsync(known));
        Assert.Null(await host.RequestAsync(unknown));
        Assert.Null(await host.Authenticator.FindLiveAsync(known.Id));
        Assert.False(live.IsLive(host.Clock.GetUtcNow()));
        Assert.Empty(await host.Sessions.ListAsync(known.Caller));
        Assert.Equal(EndReason.Expired, (await host.HistoryAsync(known.Caller))[0].Ending!.Reason);
    }

    [EachEngineFact]
    public async Task Pruning_unused_entries_changes_no_answer()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var first = await host.RequestAsync(owner);
        await host.RequestAsync(other);
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        host.Registry.Prune();
        Assert.Same(first, await host.RequestAsync(owner));

        host.Clock.Advance(TimeSpan.FromMinutes(61));
        host.Registry.Prune();

        var again = await host.RequestAsync(owner);
        Assert.NotNull(again);
        Assert.NotSame(first, again);
        Assert.Null(await host.RequestAsync(other));
    }

    [EachEngineFact]
    public async Task The_principal_comes_from_the_database()
    {
        await using var host = CoreHost.Start(services => services.AddDemoAccounts());
        await host.Get<DemoAccounts>().SeedAsync();
        var sam = await host.SignInAsync("sam@example.test", password: DemoAccounts.Password);

        var principal = (await host.RequestAsync(sam))!.Principal;

        Assert.True(principal.Identity!.IsAuthenticated);
        Assert.Equal("Sam Keller", principal.Identity.Name);
        Assert.Equal("sam@example.test", principal.FindFirst(ClaimTypes.Email)!.Value);
        Assert.True(principal.IsInRole(Roles.Support));
        Assert.False(principal.IsInRole(Roles.Administrator));
        Assert.Equal(sam.Id, principal.FindSessionId());
        Assert.Null(new ClaimsPrincipal(new ClaimsIdentity()).FindSessionId());
    }

    [EachEngineFact]
    public async Task A_principal_gives_its_caller_while_its_session_is_live()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        var principal = (await host.RequestAsync(browser))!.Principal;

        Assert.Equal(browser.Caller, await host.Authenticator.FindCallerAsync(principal));
        Assert.Null(await host.Authenticator.FindCallerAsync(new ClaimsPrincipal(new ClaimsIdentity())));
        await host.Sessions.SignOutAsync(browser.Caller);
        Assert.Null(await host.Authenticator.FindCallerAsync(principal));
    }
}
