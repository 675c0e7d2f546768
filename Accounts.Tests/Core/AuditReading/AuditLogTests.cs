using Accounts.Core.Administration;
using Accounts.Core.PersonalData;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.AuditReading;

/// <summary>The audit log as its reader sees it.</summary>
public sealed class AuditLogTests
{
    private static readonly DateTimeOffset Now = TestClock.Start;

    [EachEngineFact]
    public async Task The_log_is_filtered_by_action_time_and_words()
    {
        await using var host = CoreHost.Start();
        var owner = await StartAsync(host);
        await AddAsync(host, owner, 4, (i, at) => new AuditEventRow(at, i % 2 == 0 ? "user.signed_in" : "session.terminated", owner.Subject.Value)
        {
            ActorUserId = owner.Subject.Value,
            ActorSessionId = Guid.CreateVersion7(at),
            SessionId = Guid.CreateVersion7(at),
            Details = new AuditDetailsRow(at, i == 2 ? "2001:db8:77::1" : $"192.0.2.{i}")
            {
                ActorDevice = $"Netscape {i}", SessionName = i == 1 ? "Kitchen radio" : null, SessionDevice = "Mosaic 1",
            },
        });

        await FindsAsync(new AuditQuery { Text = "netscape" }, "Netscape 1", "Netscape 2", "Netscape 3", "Netscape 4");
        await FindsAsync(new AuditQuery { Text = "mosaic", Action = "user.signed_in" }, "Netscape 2", "Netscape 4");
        await FindsAsync(new AuditQuery { Text = "RADIO kitchen" }, "Netscape 1");
        await FindsAsync(new AuditQuery { Text = "radio microwave" });
        await FindsAsync(new AuditQuery { Text = "2001:db8:77" }, "Netscape 2");
        await FindsAsync(new AuditQuery { Text = "192.0.2.3 unknown location" }, "Netscape 3");
        // From is inclusive, To is exclusive.
        await FindsAsync(new AuditQuery { From = Now.AddHours(-3), To = Now.AddHours(-1) }, "Netscape 2", "Netscape 3");

        async Task FindsAsync(AuditQuery query, params string[] devices) =>
            Assert.Equal(string.Join(", ", devices), string.Join(", ", ((await host.EventsAsync(owner, query))!).Select(one => one.From!.Device)));
    }

    [EachEngineFact]
    public async Task The_log_comes_in_pages_latest_first()
    {
        await using var host = CoreHost.Start();
        var owner = await StartAsync(host);
        await AddAsync(host, owner, 60, (i, at) => new AuditEventRow(at, "user.signed_in", owner.Subject.Value) 
        {
            ActorUserId = owner.Subject.Value, Details = new AuditDetailsRow(at, null) { ActorDevice = $"{i}" },
        });
        var query = new AuditQuery { To = Now };

        var first = (await host.AuditLog.PageAsync(owner, query))!;
        Assert.Equal((25, 60, 1, 3, false), (first.Events.Count, first.Total, first.Page, first.Pages, first.Cut));
        Assert.Equal(string.Join(' ', Enumerable.Range(1, 25)), string.Join(' ', first.Events.Select(one => one.From!.Device)));
        var last = (await host.AuditLog.PageAsync(owner, query with { Page = 9 }))!;
        Assert.Equal((3, 10), (last.Page, last.Events.Count));
        Assert.Equal("60", last.Events[^1].From!.Device);
        var none = (await host.AuditLog.PageAsync(owner, query with { Text = "nothing" }))!;
        Assert.Equal((0, 0, 1, 1), (none.Events.Count, none.Total, none.Page, none.Pages));
    }

    // Guard: UserId in AuditLog.FindAsync, and in NamesAsync.
    [EachEngineFact]
    public async Task Users_do_not_see_events_of_other_accounts()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var (ada, grace) = (await host.SignInAsync(), await host.SignInAsync("grace@example.test"));

        var hers = (await host.EventsAsync(grace.Caller, new AuditQuery()))!;
        Assert.Equal("user.registered user.signed_in", string.Join(' ', hers.Select(one => one.Action).Order(StringComparer.Ordinal)));
        Assert.Equal(grace.Id, Assert.Single(hers, one => one.Action is "user.signed_in").From!.Id);
        Assert.Equal(2, ((await host.AuditLog.PageAsync(ada.Caller, new AuditQuery()))!).Total);

        // An event of Grace's that names Ada's session reveals nothing about that session.
        await AddAsync(host, grace.Caller, 1,
            (_, at) => new AuditEventRow(at, "session.terminated", grace.Caller.Subject.Value) { SessionId = ada.Id.Value });
        Assert.Null(Assert.Single((await host.EventsAsync(grace.Caller, new AuditQuery { Action = "session.terminated" }))!).To!.Device);
    }

    [EachEngineFact]
    public async Task An_event_still_describes_a_session_that_has_been_removed()
    {
        await using var host = CoreHost.Start(settings: ("Retention:EndedSessions", "1.00:00:00"));
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync(browser: CoreHost.NewBrowser(userAgent: Visitor.Phone)));
        await host.Sessions.TerminateAsync(owner.Caller, other.Id);
        host.Clock.Advance(TimeSpan.FromDays(2));
        await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"Id\" = @id", ("@id", other.Id.Value)));
        var ended = Assert.Single((await host.EventsAsync(owner.Caller, new AuditQuery { Action = "session.terminated" }))!);
        Assert.Equal(new AuditedSession(other.Id, null, "Safari 19 on iOS 19.1"), ended.To);
    }

    [EachEngineFact]
    public async Task An_old_event_without_session_details_looks_up_the_session()
    {
        await using var host = CoreHost.Start();
        var owner = await StartAsync(host);
        await host.Sessions.RenameAsync(owner, owner.OwnSession, new RenameSessionInput { Name = "Laptop" });
        await AddAsync(host, owner, 1, (_, at) => new AuditEventRow(at, "session.terminated", owner.Subject.Value)
        {
            ActorUserId = owner.Subject.Value,
            ActorSessionId = owner.OwnSession.Value,
            SessionId = Guid.CreateVersion7(at),
            // Events of before 0006 have only the address.
            Details = new AuditDetailsRow(at, "203.0.113.0"),
        });

        var old = Assert.Single((await host.EventsAsync(owner, new AuditQuery { Action = "session.terminated", Text = "laptop" }))!);
        Assert.Equal(new AuditedSession(owner.OwnSession, "Laptop", "Chrome 154 on Windows 10 or 11"), old.From);
        Assert.Null(old.To!.Title);
    }

    // Guard: the check before each part in Export.ReadAsync.
    [EachEngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_export_stops_when_the_readers_session_ends(bool ended)
    {
        await using var host = CoreHost.Start();
        var owner = await StartAsync(host);
        var reader = await host.SignInAsync();
        await AddAsync(host, owner, 1_200, (i, _) => new AuditEventRow(Now.AddSeconds(-i), "user.signed_in", owner.Subject.Value));

        await using var parts = (await host.AuditLog.ExportAsync(reader.Caller, new AuditQuery()))!
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await parts.MoveNextAsync());
        Assert.Equal(500, parts.Current.Count);
        if (ended)
            await host.Sessions.TerminateAsync(owner, reader.Id);
        Assert.Equal(!ended, await parts.MoveNextAsync());
    }

    [EachEngineFact]
    public async Task A_page_says_if_the_log_has_more_events_than_it_reads()
    {
        await using var host = CoreHost.Start();
        var owner = await StartAsync(host);
        await AddAsync(host, owner, AuditLog.Bound, (i, _) => new AuditEventRow(Now.AddSeconds(-i), "user.signed_in", owner.Subject.Value));
        var page = (await host.AuditLog.PageAsync(owner, new AuditQuery()))!;
        Assert.Equal((AuditLog.Bound, true), (page.Total, page.Cut));
        Assert.False(((await host.AuditLog.PageAsync(owner, new AuditQuery { To = Now }))!).Cut);
    }

    private static async Task<Caller> StartAsync(CoreHost host)
    {
        await host.RegisterAsync();
        return (await host.SignInAsync()).Caller;
    }

    /// <summary>Adds events from past hours: the first an hour ago, the second two hours ago.</summary>
    private static Task AddAsync(CoreHost host, Caller owner, int count, Func<int, DateTimeOffset, AuditEventRow> make) =>
        host.Database.WriteAsync(WritePriority.Ordinary, db =>
        {
            db.AuditEvents.AddRange(Enumerable.Range(1, count).Select(i => make(i, Now.AddHours(-i))));
            return Task.FromResult(owner);
        });
}
