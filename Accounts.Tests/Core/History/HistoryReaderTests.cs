using Accounts.Core.Callers;
using Accounts.Core.History;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.History;

/// <summary>The history: filtered, sorted, in pages, and with who ended what.</summary>
public sealed class HistoryReaderTests
{
    private static readonly DateTimeOffset Now = TestClock.Start;

    [EachEngineFact]
    public async Task Pages_contain_every_session_exactly_once()
    {
        await using var host = CoreHost.Start();
        var ada = await StartAsync(host);
        await AddAsync(host, Enumerable.Range(1, 59).Select(i => new PastSession(ada.Caller.Subject, Now.AddDays(-i))));

        List<SessionId> seen = [];
        foreach (var (number, first, last) in new[] { (1, 1, 25), (2, 26, 50), (3, 51, 60) })
        {
            var page = await host.History.PageAsync(ada.Caller, new HistoryQuery { Page = number });
            Assert.Equal((number, 3, 60, first, last, false), (page.Page, page.Pages, page.Total, page.First, page.Last, page.Cut));
            seen.AddRange(page.Entries.Select(entry => entry.Session.Id));
        }

        Assert.Equal(60, seen.Distinct().Count());
        Assert.Equal(ada.Id, seen[0]);
        Assert.Equal(3, (await host.History.PageAsync(ada.Caller, new HistoryQuery { Page = 99 })).Page);
        Assert.Equal(1, (await host.History.PageAsync(ada.Caller, new HistoryQuery { Page = -1 })).Page);
    }

    [EachEngineFact]
    public async Task The_history_neither_contains_nor_names_other_users_sessions()
    {
        await using var host = CoreHost.Start();
        var ada = await StartAsync(host);
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        var grace = await host.SignInAsync("grace@example.test");
        var hers = new PastSession(grace.Caller.Subject, Now.AddDays(-2)) { Name = "Grace's own" };
        // As if staff had ended it, through a session that isn't Ada's.
        var mine = new PastSession(ada.Caller.Subject, Now.AddDays(-1)) { Reason = EndReason.Terminated, By = hers.Id };
        await AddAsync(host, [hers, mine]);

        var entries = await host.History.AllAsync(ada.Caller, new HistoryQuery());
        Assert.Equal([ada.Id, mine.Id], entries.Select(entry => entry.Session.Id));
        Assert.Null(entries[1].EndedBy);
        Assert.True(entries[1].EndedFromElsewhere);
        Assert.Equal([grace.Id, hers.Id], (await host.History.AllAsync(grace.Caller, new HistoryQuery())).Select(entry => entry.Session.Id));
    }

    [EachEngineTheory]
    [InlineData("", "", "laptop phone far")]
    [InlineData("chrome", "", "laptop far")]
    [InlineData("WINDOWS chrome", "", "laptop far")]
    [InlineData("mobile", "", "phone")]
    [InlineData("own laptop", "", "laptop")]
    [InlineData("opera", "", "")]
    [InlineData("", "local", "laptop")]
    [InlineData("", "198.51.", "far")]
    [InlineData("chrome", "unknown", "far")]
    public async Task Words_find_a_device_or_place(string device, string place, string found)
    {
        await using var host = CoreHost.Start();
        var ada = await StartAsync(host);
        var sessions = new Dictionary<string, PastSession>(StringComparer.Ordinal)
        {
            ["laptop"] = new(ada.Caller.Subject, Now.AddDays(-1)) { Name = "My own laptop", Address = "192.168.1.20" },
            ["phone"] = new(ada.Caller.Subject, Now.AddDays(-2)) { UserAgent = Visitor.Phone },
            ["far"] = new(ada.Caller.Subject, Now.AddDays(-3)) { Address = "198.51.100.24" },
        };
        await AddAsync(host, sessions.Values);

        var page = await host.History.PageAsync(ada.Caller, new HistoryQuery { Device = device, Place = place, Live = false });
        Assert.Equal(found.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => sessions[name].Id),
            page.Entries.Select(entry => entry.Session.Id));
        Assert.Equal(page.Entries.Count, page.Total);
    }

    [EachEngineFact]
    public async Task Filters_by_status_reason_and_time_return_only_matches()
    {
        await using var host = CoreHost.Start();
        var ada = await StartAsync(host);
        var brief = await host.SignInAsync(remember: false);
        var (old, late) = (new PastSession(ada.Caller.Subject, Now.AddDays(-10)),
            new PastSession(ada.Caller.Subject, Now.AddDays(-3)) { Reason = EndReason.Replaced });
        await AddAsync(host, [old, late]);
        // The session has expired, but the sweeper hasn't run yet.
        host.Clock.Advance(TimeSpan.FromHours(25));

        await FindsAsync(new HistoryQuery { Live = true }, [ada.Id]);
        await FindsAsync(new HistoryQuery { Live = false }, [brief.Id, late.Id, old.Id]);
        await FindsAsync(new HistoryQuery { Reason = EndReason.Expired }, [brief.Id]);
        await FindsAsync(new HistoryQuery { Reason = EndReason.Replaced }, [late.Id]);
        await FindsAsync(new HistoryQuery { To = late.StartedAt }, [old.Id]);
        await FindsAsync(new HistoryQuery { To = late.StartedAt.AddSeconds(1) }, [late.Id, old.Id]);
        // A session matches a time range if it was live at any moment in it, even if it began before.
        await FindsAsync(new HistoryQuery { From = late.StartedAt.AddMinutes(30), To = Now }, [late.Id]);
        await FindsAsync(new HistoryQuery { From = Now.AddHours(24.5), Live = null }, [ada.Id]);
        await FindsAsync(new HistoryQuery { From = Now.AddDays(2) }, []);

        async Task FindsAsync(HistoryQuery query, SessionId[] expected) => Assert.Equal(
            expected.ToHashSet(), (await host.History.PageAsync(ada.Caller, query)).Entries.Select(entry => entry.Session.Id).ToHashSet());
    }

    [EachEngineTheory]
    [InlineData(HistorySort.SignedIn, "live short phone long")]
    [InlineData(HistorySort.Device, "phone live short long")]
    [InlineData(HistorySort.Location, "phone live short long")]
    [InlineData(HistorySort.Duration, "long live phone short")]
    [InlineData(HistorySort.Status, "phone long short live")]
    public async Task Every_column_sorts_both_ways(HistorySort sort, string descending)
    {
        await using var host = CoreHost.Start();
        var ada = await StartAsync(host);
        var sessions = new Dictionary<string, SessionId>(StringComparer.Ordinal) { ["live"] = ada.Id };
        foreach (var (name, session) in new[]
        {
            ("long", new PastSession(ada.Caller.Subject, Now.AddDays(-9))
            {
                Length = TimeSpan.FromDays(3), Name = "C", Address = "10.0.0.1", Reason = EndReason.Terminated,
            }),
            ("phone", new PastSession(ada.Caller.Subject, Now.AddDays(-4))
            {
                Length = TimeSpan.FromHours(5),
                UserAgent = Visitor.Phone,
                Address = "203.0.113.9",
                Reason = EndReason.Replaced,
            }),
            ("short", new PastSession(ada.Caller.Subject, Now.AddDays(-2)) { Name = "c2", Address = "192.168.1.1" }),
        })
        {
            await AddAsync(host, [session]);
            sessions[name] = session.Id;
        }

        host.Clock.Advance(TimeSpan.FromHours(6));
        var query = new HistoryQuery { Sort = sort };
        var expected = descending.Split(' ').Select(name => sessions[name]).ToList();
        Assert.Equal(expected, (await host.History.AllAsync(ada.Caller, query)).Select(entry => entry.Session.Id));
        expected.Reverse();
        Assert.Equal(expected, (await host.History.AllAsync(ada.Caller, query with { Descending = false })).Select(entry => entry.Session.Id));
    }

    [EachEngineFact]
    public async Task Each_ending_names_the_session_that_caused_it_even_if_that_has_ended()
    {
        await using var host = CoreHost.Start();
        var ada = await StartAsync(host);
        var (laptop, phone, tablet) =
            (await host.SignInAsync(), await host.SignInAsync(browser: CoreHost.NewBrowser(userAgent: Visitor.Phone)), await host.SignInAsync());
        await host.Sessions.RenameAsync(laptop.Caller, laptop.Id, new RenameSessionInput { Name = "Work laptop" });

        await host.Sessions.TerminateAsync(laptop.Caller, phone.Id);
        await host.Sessions.SignOutAsync(laptop.Caller);
        var change =
            new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "another passphrase for tests", EndOtherSessions = true };
        Assert.IsType<ChangePasswordOutcome.Changed>(await host.PasswordChange.ChangeAsync(ada.Caller, change));

        var entries = (await host.History.AllAsync(ada.Caller, new HistoryQuery())).ToDictionary(entry => entry.Session.Id);
        Assert.Equal((EndReason.Terminated, (laptop.Id, "Work laptop"), true),
            (entries[phone.Id].Session.Ending!.Reason, Ender(phone), entries[phone.Id].EndedFromElsewhere));
        Assert.Equal((EndReason.SignedOut, laptop.Id, false),
            (entries[laptop.Id].Session.Ending!.Reason, entries[laptop.Id].EndedBy!.Id, entries[laptop.Id].EndedFromElsewhere));
        Assert.Equal((EndReason.PasswordChanged, (ada.Id, "Chrome 154 on Windows 10 or 11"), true),
            (entries[tablet.Id].Session.Ending!.Reason, Ender(tablet), entries[tablet.Id].EndedFromElsewhere));
        Assert.Null(entries[ada.Id].EndedBy);

        // On a page of its own, without the session that ended it.
        var alone = Assert.Single((await host.History.PageAsync(ada.Caller, new HistoryQuery { Reason = EndReason.Terminated })).Entries);
        Assert.Equal("Work laptop", alone.EndedBy!.Name);

        (SessionId, string) Ender(SignedInBrowser of) =>
            entries[of.Id].EndedBy is { } ender ? (ender.Id, ender.Name ?? ender.Device.Title) : default;
    }

    [EachEngineFact]
    public async Task An_expired_session_says_which_timeout_ended_it_if_known()
    {
        await using var host = CoreHost.Start();
        var ada = await StartAsync(host);
        var sessions = new (PastSession Session, Expiry? Expiry)[]
        {
            (Expired(-50, 40, unused: 28), new Expiry(false, TimeSpan.FromDays(28))),
            (Expired(-51, 40, unused: 27.99), new Expiry(false, TimeSpan.FromDays(28))),
            (Expired(-52, 40, unused: 1, remembered: false), new Expiry(false, TimeSpan.FromDays(1))),
            (Expired(-200, 180, unused: 2), new Expiry(true, TimeSpan.FromDays(180))),
            // Timeouts that have been changed since.
            (Expired(-53, 40, unused: 20), null),
            (Expired(-54, 40, unused: 28, remembered: false), null),
        };
        await AddAsync(host, sessions.Select(s => s.Session));

        var entries = (await host.History.AllAsync(ada.Caller, new HistoryQuery())).ToDictionary(entry => entry.Session.Id);
        Assert.Equal(sessions.Select(s => s.Expiry), sessions.Select(s => entries[s.Session.Id].Expiry));

        PastSession Expired(double start, double days, double unused, bool remembered = true) => new(ada.Caller.Subject, Now.AddDays(start))
        {
            Length = TimeSpan.FromDays(days), Unused = TimeSpan.FromDays(unused), Reason = EndReason.Expired, Remembered = remembered,
        };
    }

    [EachEngineFact]
    public async Task Only_a_limited_number_of_the_newest_sessions_is_read()
    {
        await using var host = CoreHost.Start();
        var ada = await StartAsync(host);
        await AddAsync(host,
            Enumerable.Range(1, HistoryReader.Bound).Select(i => new PastSession(ada.Caller.Subject, Now.AddHours(-2 * i)) { Name = $"Number {i}" }));

        var page = await host.History.PageAsync(ada.Caller, new HistoryQuery());
        Assert.Equal((HistoryReader.Bound, true), (page.Total, page.Cut));
        Assert.Empty((await host.History.PageAsync(ada.Caller, new HistoryQuery { Device = $"number {HistoryReader.Bound}" })).Entries);
        Assert.NotEmpty((await host.History.PageAsync(ada.Caller, new HistoryQuery { Device = $"number {HistoryReader.Bound - 1}" })).Entries);
    }

    [EachEngineFact]
    public async Task A_database_failure_is_reported_as_unavailable()
    {
        await using var host = CoreHost.Start();
        var ada = await StartAsync(host);
        host.Gate.FailCommand("\"Sessions\"");
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => host.History.PageAsync(ada.Caller, new HistoryQuery()));
        Assert.Equal(1, (await host.History.PageAsync(ada.Caller, new HistoryQuery())).Total);
    }

    private static async Task<SignedInBrowser> StartAsync(CoreHost host)
    {
        await host.RegisterAsync();
        return await host.SignInAsync();
    }

    private static Task AddAsync(CoreHost host, IEnumerable<PastSession> sessions) => PastSession.AddAsync(host.Database, sessions);
}
