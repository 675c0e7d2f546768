using System.Net;
using System.Text;
using System.Text.Json;
using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Accounts.Web.Audit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace Accounts.Tests.Web.Audit;

/// <summary>Exports of the audit log.</summary>
public sealed class AuditFileTests
{
    private const string Ada = "ada@example.test";

    private static readonly DateTimeOffset Now = TestClock.Start;

    [EachEngineFact]
    public async Task The_CSV_export_has_every_event_with_all_details()
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        var session = await site.FindSessionAsync(visitor);
        var (id, gone) = (await AddAsync(site, session), Guid.Empty);

        using var answer = await visitor.GetAsync("/settings/audit/export.csv?action=session.terminated");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment; filename=audit-log-2026-03-01.csv; filename*=UTF-8''audit-log-2026-03-01.csv",
            answer.Content.Headers.ContentDisposition!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        Assert.Equal(
            "ID,At,Action,What happened,Actor,From session,From name,From device,Address,Location,Country,Session,Session name,"
            + "Session device,Sessions ended,Ended sessions,Actor name,On account,Reason\r\n"
            + $"{id},2026-03-01T11:00:00Z,session.terminated,\"Ended another session: =1+\"\"1\"\" (Safari 19 on iOS 19.1)\",you,"
            + $"{session.Id},'@home,Chrome 156 on Linux,203.0.113.x,Unknown location,,{gone},"
            + "\"'=1+\"\"1\"\"\",Safari 19 on iOS 19.1,,,,,\r\n",
            Encoding.UTF8.GetString(bytes[3..]));
    }

    [Fact]
    public async Task Without_the_plan_the_page_says_why_and_exports_are_refused()
    {
        await using var site = AccountsSite.Start(
            settings: [("Features:DefaultPlan", "Free"), ("Features:Plans:Free", ""), ("Features:Plans:Enterprise:0", "AuditLog")]);
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        const string Why = "The audit log is part of the Enterprise plan. Your plan: Free.";

        Assert.Contains(Why, await visitor.ReadAsync("/settings/audit"), StringComparison.Ordinal);
        foreach (var path in new[] { "/settings/audit/export.csv", "/settings/audit/export.jsonl" })
        {
            using var refused = await visitor.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains(Why, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var rows = site.Rows())
            rows.Execute("UPDATE \"Users\" SET \"Plan\" = 'Enterprise'");
        Assert.DoesNotContain(Why, await visitor.ReadAsync("/settings/audit"), StringComparison.Ordinal);
        using var given = await visitor.GetAsync("/settings/audit/export.csv");
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
    }

    [EachEngineFact]
    public async Task The_JSON_export_has_one_object_per_line_with_every_key()
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        var session = await site.FindSessionAsync(visitor);
        var id = await AddAsync(site, session);

        using var answer = await visitor.GetAsync("/settings/audit/export.jsonl");
        Assert.Equal("application/jsonl; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("audit-log-2026-03-01.jsonl", answer.Content.Headers.ContentDisposition!.FileName);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        const string Keys =
            "id at action actor fromSession fromName fromDevice address place country session sessionName sessionDevice sessionsEnded endedSessions "
            + "actorName actorPseudonym onName onPseudonym reason";
        Assert.All(lines, line =>
        {
            using var json = JsonDocument.Parse(line);
            Assert.Equal(Keys, string.Join(' ', json.RootElement.EnumerateObject().Select(property => property.Name)));
        });
        Assert.Equal(
            $$"""
            {"id":"{{id}}","at":"2026-03-01T11:00:00.000000Z","action":"session.terminated","actor":"you",
            "fromSession":"{{session.Id}}","fromName":"@home","fromDevice":"Chrome 156 on Linux",
            "address":"203.0.113.x","place":"Unknown location","country":null,
            "session":"{{Guid.Empty}}","sessionName":"=1\u002B\u00221\u0022","sessionDevice":"Safari 19 on iOS 19.1",
            "sessionsEnded":null,"endedSessions":null,"actorName":null,"actorPseudonym":null,
            "onName":null,"onPseudonym":null,"reason":null}
            """.ReplaceLineEndings(""),
            lines[2]);
    }

    [EachEngineFact]
    public async Task Both_exports_name_every_session_that_an_event_ended()
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        using var other = await site.SignInAsync(Ada);
        var caller = (await site.FindSessionAsync(visitor)).ToCaller();
        var (one, two) = ((await site.FindSessionAsync(phone)).Id, (await site.FindSessionAsync(other)).Id);
        var sessions = site.Get<SessionService>();
        await sessions.RenameAsync(caller, two, new RenameSessionInput { Name = "=1+1" });
        var device = (await sessions.FindAsync(caller, [two]))[0].Device.Title;
        await sessions.TerminateManyAsync(caller, [one, two], TestContext.Current.CancellationToken);

        var csv = await visitor.ReadAsync("/settings/audit/export.csv?action=sessions.terminated");
        Assert.EndsWith($",,,,2,\"{one} Safari 19 on iOS 19.1; {two} =1+1 ({device})\",,,\r\n", csv, StringComparison.Ordinal);
        Assert.Contains($"Ended 2 other sessions: Safari 19 on iOS 19.1 and =1+1 ({device})", csv, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await visitor.ReadAsync("/settings/audit/export.jsonl?action=sessions.terminated&text=safari"));
        Assert.Equal(
            $$"""[{"session":"{{one}}","name":null,"device":"Safari 19 on iOS 19.1"},"""
            + $$"""{"session":"{{two}}","name":"=1\u002B1","device":"{{device}}"}]""",
            json.RootElement.GetProperty("endedSessions").GetRawText());
    }

    [EachEngineFact]
    public async Task The_page_says_how_many_sessions_an_event_ended_and_which()
    {
        await using var site = AccountsSite.Start(new TestClock());
        var from = new AuditedSession(null, null, "Mosaic 2");
        var one = new AuditEvent(Guid.Empty, Now, AuditAction.SessionsTerminated, AuditActor.You, from, null, null, null, 2)
        {
            EndedSessions = [new AuditedSession(null, null, "Mosaic 1"), new AuditedSession(null, "Radio", "Mosaic 3")],
        };
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Page"] = new AuditPage([one], 1, 1, Cut: false),
            ["Current"] = SessionId.New(Now),
        };
        await using var renderer = new HtmlRenderer(site.Get<IServiceProvider>(), NullLoggerFactory.Instance);
        var html = await renderer.Dispatcher.InvokeAsync(
            async () => (await renderer.RenderComponentAsync<AuditTable>(ParameterView.FromDictionary(parameters))).ToHtmlString());

        Assert.Matches(@"<b[^>]*>Ended 2 other sessions</b>\s*<small[^>]*>Mosaic 1 and Radio \(Mosaic 3\)</small>", html);
    }

    [Theory]
    [InlineData(1, "Ended 1 other session: Session 1 (Mosaic 1)")]
    [InlineData(2, "Ended 2 other sessions: Session 1 (Mosaic 1) and Mosaic 2")]
    [InlineData(5, "Ended 5 other sessions: Session 1 (Mosaic 1), Mosaic 2, Mosaic 3, Mosaic 4 and Mosaic 5")]
    [InlineData(12, "Ended 12 other sessions: Session 1 (Mosaic 1), Mosaic 2, Mosaic 3, Mosaic 4, Mosaic 5 and 7 more")]
    public void An_event_that_ended_many_sessions_names_the_first(int count, string sentence) => Assert.Equal(
        sentence,
        AuditText.InOneLine(new AuditEvent(Guid.Empty, Now, AuditAction.SessionsTerminated, AuditActor.You, null, null, null, null, count)
        {
            EndedSessions = [.. Enumerable.Range(1, count).Select(i => new AuditedSession(null, i == 1 ? "Session 1" : null, $"Mosaic {i}"))],
        }));

    [EachEngineTheory]
    [InlineData("csv", 1)]
    [InlineData("jsonl", 0)]
    public async Task An_export_contains_every_match_and_no_other_users_events(string format, int heads)
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        await site.RegisterAsync("grace@example.test", "Grace Hopper");
        using var visitor = await site.SignInAsync(Ada);
        using var grace = await site.SignInAsync("grace@example.test");
        var (mine, hers) = (await site.FindSessionAsync(visitor), await site.FindSessionAsync(grace));
        for (var i = 0; i < 30; i++)
            await AddAsync(site, mine);
        await AddAsync(site, hers);

        Assert.Equal(32, await CountAsync(""));
        Assert.Equal(30, await CountAsync("?action=session.terminated"));
        Assert.Equal(30, await CountAsync("?text=iOS%20203.0.113&from=2026-03-01T11:00:00Z&to=2026-03-01T11:00:01Z"));
        Assert.Equal(0, await CountAsync("?to=2026-03-01T11:00:00Z"));

        async Task<int> CountAsync(string query) =>
            (await visitor.ReadAsync($"/settings/audit/export.{format}{query}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length - heads;
    }

    [EachEngineTheory]
    [InlineData("csv", 1)]
    [InlineData("jsonl", 0)]
    public async Task An_export_of_any_size_contains_each_event_once(string format, int heads)
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        await AddAsync(site, await site.FindSessionAsync(visitor), AuditLog.Bound + 700);

        var lines = (await visitor.ReadAsync($"/settings/audit/export.{format}")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(heads).ToList();
        Assert.Equal(AuditLog.Bound + 702, lines.Count);
        Assert.Equal(lines.Count, lines.Distinct(StringComparer.Ordinal).Count());
    }

    // Guard: MayGoOnAsync in ExportedFile.
    [EachEngineTheory]
    [InlineData("nothing")]
    [InlineData("ended")]
    [InlineData("key replaced")]
    public async Task An_export_is_aborted_when_the_readers_session_ends_or_gets_another_key(string change)
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        using var owner = await site.SignInAsync(Ada, Visitor.Phone);
        var (reader, caller) = (await site.FindSessionAsync(visitor), (await site.FindSessionAsync(owner)).ToCaller());
        await AddAsync(site, reader, 2_000);

        var first = site.Gate.StopCommand("\"AuditEvents\"");
        var file = visitor.GetAsync("/settings/audit/export.csv");
        await first.Arrived;
        var second = site.Gate.StopCommand("\"AuditEvents\"");
        first.Release();
        await second.Arrived;
        if (change is "ended")
            Assert.Equal(TerminateOutcome.Terminated, await site.Get<SessionService>().TerminateAsync(caller, reader.Id));
        if (change is "key replaced")
        {
            // The file is being read with a copied cookie. The owner enters the password in the same session and shows the new key.
            using var same = site.Visit();
            same.SessionCookie = visitor.SessionCookie;
            using (await same.ReauthenticateAsync(AccountsSite.Password))
                Assert.True(await same.IsSignedInAsync());
        }

        second.Release();

        if (change is not "nothing")
            await Assert.ThrowsAsync<HttpRequestException>(() => file);
        else
            Assert.Equal(2_004, (await (await file).Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task An_unreadable_query_value_is_refused_by_name()
    {
        (string Query, string Keys)[] cases =
        [
            ("?action=user.gone", "action"),
            ("?action=user.signed_in&action=user.signed_out", "action"),
            ("?from=yesterday", "from"),
            ("?from=2026-03-02&to=2026-03-01", "to"),
            ($"?text={new string('a', 101)}", "text"),
            ("?user=grace", "user"),
        ];
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        foreach (var (query, keys) in cases)
        {
            using var answer = await visitor.GetAsync("/settings/audit/export.jsonl" + query);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.Equal(keys, string.Join(' ', problem.RootElement.GetProperty("errors").EnumerateObject().Select(error => error.Name)));
        }
    }

    [Theory]
    [InlineData("/settings/audit")]
    [InlineData("/settings/audit/export.csv")]
    [InlineData("/settings/audit/export.jsonl")]
    public async Task Signed_out_visitors_get_no_export(string path)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync(Ada);
        using var stranger = site.Visit();
        using var refused = await stranger.GetAsync(path);
        // The page leads to the sign-in and back. A file doesn't: the browser would save the sign-in page as the file.
        if (path is "/settings/audit")
            Assert.Equal((HttpStatusCode.Redirect, "/sign-in"), (refused.StatusCode, new Uri(site.Address, refused.Headers.Location!).AbsolutePath));
        else
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        using var visitor = await site.SignInAsync(Ada);
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public void Every_action_has_its_own_wording()
    {
        var words = AuditAction.All.Select(AuditText.Of).ToList();
        Assert.Equal(AuditAction.All.Count, words.Distinct(StringComparer.Ordinal).Count());
        Assert.All(AuditAction.All, action => Assert.DoesNotContain('.', AuditText.Of(action)));
    }

    [Fact]
    public void An_event_is_described_in_one_line()
    {
        var (phone, named) = (new AuditedSession(null, null, "Safari 19 on iOS 19.1"), new AuditedSession(null, "Radio", "Mosaic 1"));
        (string Action, AuditedSession? To, int? Count, string Sentence)[] cases =
        [
            (AuditAction.SessionTerminated, phone, null, "Ended another session: Safari 19 on iOS 19.1"),
            (AuditAction.SessionTerminated, named, null, "Ended another session: Radio (Mosaic 1)"),
            (AuditAction.SessionRenamed, named, null, "Renamed a session: Mosaic 1, now “Radio”"),
            (AuditAction.SessionRenamed, phone, null, "Renamed a session: Safari 19 on iOS 19.1, name removed"),
            (AuditAction.SessionRecognized, named, null, "Confirmed a sign-in: Radio (Mosaic 1)"),
            (AuditAction.SessionDenied, phone, null, "Rejected a sign-in: Safari 19 on iOS 19.1, session ended"),
            (AuditAction.SessionReplaced, phone, null, "Session replaced: Safari 19 on iOS 19.1, by a new sign-in in that browser"),
            (AuditAction.SessionExpired, phone, null, "Session expired: Safari 19 on iOS 19.1"),
            (AuditAction.SignedOutEverywhere, null, 0, "Signed out everywhere: No other session was signed in"),
            (AuditAction.SignedOutEverywhere, null, 1, "Signed out everywhere: 1 session ended"),
            (AuditAction.SessionsInvalidated, null, 4, "Logged out from all devices: 4 sessions ended"),
            (AuditAction.PasswordChanged, null, 0, "Password changed: No sessions ended"),
            (AuditAction.PasswordChanged, null, 2, "Password changed: 2 sessions ended"),
            (AuditAction.SignedIn, phone, null, "Signed in"),
            (AuditAction.SignedOut, phone, null, "Signed out"),
            (AuditAction.Registered, null, null, "Account created"),
            ("token.issued", null, null, "token.issued"),
        ];
        Assert.All(cases,
            one => Assert.Equal(one.Sentence,
                AuditText.InOneLine(new AuditEvent(Guid.Empty, Now, one.Action, AuditActor.You, null, null, null, one.To, one.Count))));
    }

    /// <summary>Adds events from an hour ago, with names that a spreadsheet would run as formulas.</summary>
    /// <returns>The last event's id.</returns>
    private static Task<Guid> AddAsync(
        AccountsSite site, LiveSession by, int count = 1) => site.Get<AccountsDatabase>().WriteAsync(WritePriority.Ordinary, db =>
    {
        var rows = Enumerable.Range(0, count).Select(_ => new AuditEventRow(Now.AddHours(-1), AuditAction.SessionTerminated, by.UserId.Value)
        {
            ActorUserId = by.UserId.Value,
            ActorSessionId = by.Id.Value,
            SessionId = Guid.Empty,
            Details = new AuditDetailsRow(Now.AddHours(-1), "203.0.113.0")
            {
                ActorName = "@home", ActorDevice = "Chrome 156 on Linux", SessionName = "=1+\"1\"", SessionDevice = "Safari 19 on iOS 19.1",
            },
        }).ToList();
        db.AuditEvents.AddRange(rows);
        return Task.FromResult(rows[^1].Id);
    });
}
