using System.Net;
using System.Text;
using System.Text.Json;
using Accounts.Core.History;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Web.History;

/// <summary>The export of the history.</summary>
public sealed class HistoryFileTests
{
    private const string Ada = "ada@example.test";
    private const string Path = "/settings/sessions/history.csv";

    private static readonly DateTimeOffset Now = TestClock.Start;

    [EachEngineFact]
    public async Task The_export_has_every_session_with_all_details()
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        var session = await site.FindSessionAsync(visitor);
        var ended = new PastSession(session.UserId, Now.AddDays(-2))
        {
            Reason = EndReason.Terminated, By = session.Id, Name = "Old, \"good\" phone", UserAgent = Visitor.Phone,
        };
        await AddAsync(site, ended);
        using (var rows = site.Rows())
        {
            rows.Execute("UPDATE \"Sessions\" SET \"LeftAt\" = \"EndedAt\" + 2500000 WHERE \"Id\" = @id", ("@id", ended.Id.Value));
        }

        using var answer = await visitor.GetAsync(Path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment; filename=sessions-2026-03-01.csv; filename*=UTF-8''sessions-2026-03-01.csv",
            answer.Content.Headers.ContentDisposition!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        Assert.Equal(
            "ID,Name,Device,Type,Model,Sign-in address,Sign-in location,Last address,Last location,Country,Signed in with,Signed in at,"
            + "Last activity,Pages visited,Status,Ended at,Ended by session,Ended from,Sign-out confirmed at,Connections closed at\r\n"
            + $"{session.Id},,Chrome 156 on Linux,Desktop,,127.0.0.1,Local network,127.0.0.1,Local network,,"
            + "Password,2026-03-01T12:00:00Z,2026-03-01T12:00:00Z,0,Active,,,,,\r\n"
            + $"{ended.Id},\"Old, \"\"good\"\" phone\",Safari 19 on iOS 19.1,Mobile,iPhone,203.0.113.7,Unknown location,203.0.113.7,Unknown location,"
            + ",Password,2026-02-27T12:00:00Z,2026-02-27T13:00:00Z,0,"
            + $"Terminated,2026-02-27T13:00:00Z,{session.Id},Chrome 156 on Linux,2026-02-27T13:00:02Z,\r\n",
            Encoding.UTF8.GetString(bytes[3..]).Replace("::1", "127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_spreadsheet_never_runs_a_name_as_a_formula()
    {
        (string Name, string Cell)[] cases =
        [
            ("=1+1", "'=1+1"),
            ("\uFF1D1+1", "'\uFF1D1+1"),
            ("\uFF0B1", "'\uFF0B1"),
            ("\uFF0D1", "'\uFF0D1"),
            ("\uFF20SUM(1)", "'\uFF20SUM(1)"),
            // A spreadsheet that separates by semicolons or tabs splits these, whatever is quoted.
            ("a;=1+1", "\"a;'=1+1\""),
            (";=1+1;", "\";'=1+1;\""),
            ("a|@SUM(1)", "\"a|'@SUM(1)\""),
            ("a;\"=1+1\"", "\"a;\"\"'=1+1\"\"\""),
            ("a; b", "\"a; b\""),
            ("1-1", "1-1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("1-1=0", "1-1=0"),
            ("Größe 📱", "Größe 📱"),
            ("\u202E=2+2", "'=2+2"),
            ("\u2067Bu\u0308ro\u200B", "B\u00FCro"),
            ("מחשב", "מחשב"),
        ];
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        var owner = (await site.FindSessionAsync(visitor)).UserId;
        await AddAsync(site, [.. cases.Select((one, i) => new PastSession(owner, Now.AddDays(-i - 1)) { Name = one.Name })]);

        var file = await visitor.ReadAsync(Path);
        Assert.All(cases, one => Assert.Contains($",{one.Cell},Chrome 154 on Windows 10 or 11,Desktop,", file, StringComparison.Ordinal));
    }

    [EachEngineFact]
    public async Task The_export_has_every_match_in_order_and_no_other_users_sessions()
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        await site.RegisterAsync("grace@example.test", "Grace Hopper");
        using var visitor = await site.SignInAsync(Ada);
        using var grace = await site.SignInAsync("grace@example.test");
        var (owner, other) = ((await site.FindSessionAsync(visitor)).UserId, (await site.FindSessionAsync(grace)).UserId);
        var mine = Enumerable.Range(1, 60)
            .Select(i => new PastSession(owner, Now.AddDays(-i))
            {
                Name = $"Mine {i}", Reason = i % 2 == 0 ? EndReason.Expired : EndReason.Terminated, Length = TimeSpan.FromMinutes(i),
            })
            .ToList();
        await AddAsync(site, [.. mine, new PastSession(other, Now.AddDays(-3)) { Name = "Mine too", Reason = EndReason.Expired }]);

        Assert.Equal(61, (await IdsAsync("")).Split(' ').Length);
        await FindsAsync("?status=expired", mine.Where(session => session.Reason == EndReason.Expired));
        await FindsAsync("?from=2026-02-17T12:00:00Z&to=2026-02-19T12:00:01Z&order=asc", mine.Skip(9).Take(3).Reverse());
        await FindsAsync("?status=ended&order=asc", mine.AsEnumerable().Reverse());
        await FindsAsync("?device=mine%2042&place=unknown", [mine[41]]);
        await FindsAsync("?text=unknown%20mine%2042&names=DE:Deutschland", [mine[41]]);

        async Task FindsAsync(string query, IEnumerable<PastSession> expected) =>
            Assert.Equal(string.Join(' ', expected.Select(session => session.Id)), await IdsAsync(query));

        async Task<string> IdsAsync(string query) =>
            string.Join(' ', (await visitor.ReadAsync(Path + query)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(line => line.Split(',')[0]));
    }

    [EachEngineTheory]
    [InlineData("", false)]
    [InlineData("?order=asc", true)]
    public async Task An_export_of_any_size_contains_each_session_once(string order, bool ascending)
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        var session = await site.FindSessionAsync(visitor);
        // Many sessions share a time, so that batches begin and end among them.
        var past = Enumerable.Range(0, HistoryReader.Bound + 700)
            .Select(i => new PastSession(session.UserId, Now.AddHours(-1 - (i / 300))) { Name = $"Number {i % 10}" }).ToList();
        await AddAsync(site, [.. past]);

        var ids = await IdsAsync("");
        Assert.Equal(past.Count + 1, ids.Count);
        Assert.Equal(past.Select(one => one.Id.ToString()).Append(session.Id.ToString()).ToHashSet(StringComparer.Ordinal),
            ids.ToHashSet(StringComparer.Ordinal));
        var times = ids.Select(id => past.Find(one => string.Equals(one.Id.ToString(), id, StringComparison.Ordinal))?.StartedAt ?? Now).ToList();
        Assert.Equal(ascending ? times.Order() : times.OrderDescending(), times);
        Assert.Equal(past.Count / 10, (await IdsAsync("device=number%203")).Count);

        async Task<IReadOnlyList<string>> IdsAsync(string filter) =>
            [.. (await visitor.ReadAsync($"{Path}{(order.Length > 0 ? order : "?")}&{filter}".TrimEnd('&')))
                .Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')[0])];
    }

    [Fact]
    public async Task An_unreadable_query_value_is_refused_by_name()
    {
        (string Query, string Keys)[] cases =
        [
            ("?status=gone", "status"),
            ("?status=3", "status"),
            ("?sort=device", "sort"),
            ("?order=up", "order"),
            ("?from=yesterday", "from"),
            ("?from=2026-03-02&to=2026-03-01", "to"),
            ("?device=a&device=b", "device"),
            ("?user=grace", "user"),
            ("?page=2", "page"),
            ("?days=7", "days"),
            ("?names=Germany", "names"),
            ("?names=DE:Deutschland|DE:Allemagne", "names"),
            ("?status=gone&to=never", "to status"),
        ];
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var visitor = await site.SignInAsync(Ada);
        foreach (var (query, keys) in cases)
        {
            using var answer = await visitor.GetAsync(Path + query);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.Equal(keys, string.Join(' ', problem.RootElement.GetProperty("errors").EnumerateObject().Select(error => error.Name)));
        }
    }

    [Fact]
    public async Task Signed_out_visitors_get_no_export()
    {
        await using var site = AccountsSite.Start(new TestClock());
        await site.RegisterAsync(Ada);
        using var stranger = site.Visit();
        using var refused = await stranger.GetAsync(Path);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("Sign in, then do this again.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var visitor = await site.SignInAsync(Ada);
        var session = await site.FindSessionAsync(visitor);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await site.TerminateAsync(other, session.Id);
        using var gone = await visitor.GetAsync(Path);
        Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);
    }

    private static Task AddAsync(AccountsSite site, params PastSession[] sessions) => PastSession.AddAsync(site.Get<AccountsDatabase>(), sessions);
}
