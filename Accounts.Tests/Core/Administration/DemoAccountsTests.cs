using Accounts.Core.Administration;
using Accounts.Core.AuditReading;
using Accounts.Core.History;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Demo;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Administration;

public sealed class DemoAccountsTests
{
    [EachEngineFact]
    public async Task Demo_accounts_are_created_once()
    {
        await using var host = CoreHost.Start(services => services.AddDemoAccounts());
        await host.Get<DemoAccounts>().SeedAsync();
        var before = host.Rows.Query("SELECT * FROM \"Users\"");
        var sessions = host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\"");

        await host.Get<DemoAccounts>().SeedAsync();

        Assert.Equal(4, before.Count);
        Assert.Equal(before, host.Rows.Query("SELECT * FROM \"Users\""));
        Assert.Equal(sessions, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\""));
        Assert.Equal(2, host.Rows.Number("SELECT COUNT(*) FROM \"UserRoles\""));
    }

    [EachEngineFact]
    public async Task Each_account_signs_in_with_the_demo_password_and_has_its_role()
    {
        await using var host = CoreHost.Start(services => services.AddDemoAccounts());
        await host.Get<DemoAccounts>().SeedAsync();
        foreach (var (name, email, role) in DemoAccounts.All)
        {
            var principal = (await host.RequestAsync(await host.SignInAsync(email, password: DemoAccounts.Password)))!.Principal;
            Assert.Equal(name, principal.Identity!.Name);
            Assert.Equal(role is Roles.Support, principal.IsInRole(Roles.Support));
            Assert.Equal(role is Roles.Administrator, principal.IsInRole(Roles.Administrator));
        }
    }

    [EachEngineFact]
    public async Task Ada_has_a_history_and_no_live_session()
    {
        await using var host = CoreHost.Start(services => services.AddDemoAccounts());
        await host.Get<DemoAccounts>().SeedAsync();
        var ada = await host.SignInAsync(password: DemoAccounts.Password);

        Assert.Equal(ada.Id, Assert.Single(await host.Sessions.ListAsync(ada.Caller)).Id);
        var history = (await host.HistoryAsync(ada.Caller)).Where(s => s.Id != ada.Id).ToList();
        Assert.True(history.Count >= 10);
        Assert.All(history, session =>
        {
            Assert.NotNull(session.Ending);
            Assert.True(session.StartedAt < session.Ending.At && session.Ending.At < TestClock.Start);
            Assert.True(session.LastActivityAt <= session.Ending.At);
        });
        Assert.Equal(history.Count, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"Id\" <> @id", ("@id", ada.Id.Value)));
    }

    [EachEngineFact]
    public async Task The_history_is_plausible()
    {
        await using var host = CoreHost.Start(services => services.AddDemoAccounts());
        await host.Get<DemoAccounts>().SeedAsync();
        var ada = await host.SignInAsync(password: DemoAccounts.Password);
        var history = (await host.History.AllAsync(ada.Caller, new HistoryQuery { Live = false })).ToDictionary(entry => entry.Session.Id);

        // No operator and no member of staff has ended the demo users' sessions.
        Assert.Equal(
            Enum.GetValues<EndReason>().Where(reason => reason < EndReason.Revoked),
            history.Values.Select(entry => entry.Session.Ending!.Reason).Distinct().Order());
        Assert.All(history.Values, entry => Assert.Equal(entry.Session.Ending!.Reason == EndReason.Expired, entry.Expiry is not null));
        // The session that ended it was live at the time.
        Assert.All(history.Values.Where(entry => entry.EndedBy is not null), entry =>
        {
            var (at, by) = (entry.Session.Ending!.At, history[entry.EndedBy!.Id].Session);
            Assert.InRange(at, by.StartedAt, by.Ending!.At);
        });
        // Each browser has one session at a time.
        foreach (var browser in history.Values.Select(entry => entry.Session).GroupBy(session => session.Browser))
        {
            var sessions = browser.OrderBy(session => session.StartedAt).ToList();
            Assert.All(sessions.Zip(sessions.Skip(1)), pair => Assert.True(pair.First.Ending!.At <= pair.Second.StartedAt));
        }

        Assert.Contains(history.Values, entry => entry.Session.Name is not null);
        Assert.Contains(history.Values, entry => entry.Session.Ending!.Departure is Departure.Confirmed);
        var old = TestClock.Start.AddDays(-14);
        Assert.Contains(history.Values, entry => entry.Session.Ending!.At < old);
        Assert.True(history.Values.Count(entry => entry.Session.Ending!.At >= old) >= 6);
    }

    [EachEngineFact]
    public async Task The_audit_log_matches_the_history()
    {
        await using var host = CoreHost.Start(services => services.AddDemoAccounts());
        await host.Get<DemoAccounts>().SeedAsync();
        var ada = await host.SignInAsync(password: DemoAccounts.Password);
        var sessions = (await host.HistoryAsync(ada.Caller)).Where(session => session.Id != ada.Id).ToList();
        var events = ((await host.EventsAsync(ada.Caller, new AuditQuery { To = TestClock.Start }))!).ToList();

        Assert.Equal("user.registered", events[^1].Action);
        Assert.Equal(1 + (2 * sessions.Count), events.Count);
        Assert.All(sessions, session =>
            Assert.Equal(session.StartedAt, Assert.Single(events, one => one.Action is "user.signed_in" && one.From!.Id == session.Id).At));
        Assert.All(sessions, session => Assert.Contains(events, one => one.Action is not "user.signed_in" && one.At == session.Ending!.At
            && one.From?.Id == session.Ending.BySession && (one.To is null || one.To.Id == session.Id)));
        Assert.True(events.Select(one => one.Action).Distinct(StringComparer.Ordinal).Count() >= 8);
    }

    [EachEngineFact]
    public async Task An_existing_account_keeps_its_password()
    {
        await using var host = CoreHost.Start(services => services.AddDemoAccounts());
        await host.RegisterAsync();
        await host.Get<DemoAccounts>().SeedAsync();
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), password: DemoAccounts.Password));
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
        Assert.Equal(4, host.Rows.Number("SELECT COUNT(*) FROM \"Users\""));
    }
}
