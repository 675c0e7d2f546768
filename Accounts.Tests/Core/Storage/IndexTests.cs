using System.Text.RegularExpressions;
using Accounts.Core.Administration;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Tests.Core.Storage;

/// <summary>Queries over growing tables use an index, according to SQLite's own query plan.</summary>
public sealed class IndexTests
{
    [Theory]
    [InlineData("IX_Sessions_Live", "SELECT * FROM \"Sessions\" WHERE \"UserId\" = 'a' AND \"EndedAt\" IS NULL AND \"ExpiresAt\" > 1")]
    [InlineData("IX_Sessions_Browser", "SELECT * FROM \"Sessions\" WHERE \"UserId\" = 'a' AND \"BrowserHash\" = x'00' AND \"EndedAt\" IS NULL")]
    [InlineData("IX_Sessions_History", "SELECT * FROM \"Sessions\" WHERE \"UserId\" = 'a' ORDER BY \"StartedAt\" DESC LIMIT 50")]
    [InlineData("IX_Sessions_Expiry", "SELECT \"Id\" FROM \"Sessions\" WHERE \"EndedAt\" IS NULL AND \"ExpiresAt\" <= 1 ORDER BY \"ExpiresAt\" LIMIT 500")]
    [InlineData("IX_SupportCodes_Session", "SELECT * FROM \"SupportCodes\" WHERE \"SessionId\" = 'a' AND \"ExpiresAt\" >= 1 ORDER BY \"ExpiresAt\" DESC LIMIT 1")]
    [InlineData("IX_AuditEvents_User", "SELECT * FROM \"AuditEvents\" WHERE \"UserId\" = 'a' AND \"At\" >= 1 AND \"At\" < 2 AND \"Action\" = 'b' ORDER BY \"At\" DESC LIMIT 5001")]
    [InlineData("EmailIndex", "SELECT * FROM \"Users\" WHERE \"NormalizedEmail\" = 'A' LIMIT 2")]
    public async Task A_query_over_a_growing_table_uses_its_index(string index, string query)
    {
        await using var host = CoreHost.Start();
        AssertPlan(host, index, query);
    }

    [Fact]
    public async Task Retention_queries_use_their_indexes()
    {
        await using var host = CoreHost.Start();
        await using var db = await host.Get<IDbContextFactory<AccountsDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        foreach (var (index, due) in new (string, IQueryable)[]
        {
            ("IX_Sessions_WholeAddress", Retention.DueSessions(db, TestClock.Start)),
            ("IX_AuditDetails_WholeAddress", Retention.DueEvents(db, TestClock.Start)),
            ("IX_Sessions_Ended", Retention.ForgottenSessions(db, TestClock.Start)),
            ("IX_SupportCodes_Expiry", Retention.ExpiredCodes(db, TestClock.Start)),
        })
        {
            AssertPlan(host, index, Statement(due));
        }
    }

    [Fact]
    public async Task Selected_sessions_and_questions_are_found_without_a_scan()
    {
        await using var host = CoreHost.Start();
        await using var db = await host.Get<IDbContextFactory<AccountsDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        var caller = Caller.InBrowser(new UserId(Guid.NewGuid()), SessionId.New(TestClock.Start), "");
        var ids = Enumerable.Range(0, SessionService.TerminateManyLimit).Select(_ => Guid.NewGuid()).ToList();
        AssertPlan(host, "IX_Sessions_Live", Statement(db.AnswerableBy(caller, TestClock.Start)));
        var plan = Plan(host, Statement(db.Sessions.Where(s => ids.Contains(s.Id) && s.EndedAt == null)));
        Assert.Contains("sqlite_autoindex_Sessions_1", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN \"s\"", plan, StringComparison.Ordinal);
    }

    private static void AssertPlan(CoreHost host, string index, string query)
    {
        var plan = Plan(host, query);
        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    /// <summary>The statement without the lines that set its parameters.</summary>
    private static string Statement(IQueryable query) => string.Join('\n', query.ToQueryString().Split('\n').Where(line => !line.StartsWith('.')));

    private static string Plan(CoreHost host, string query)
    {
        (string, object?)[] parameters =
        [
            .. Regex.Matches(query, "@[a-z_0-9]+", RegexOptions.IgnoreCase, Patience.Limit).Select(match => (match.Value, (object?)1)).Distinct(),
        ];
        return string.Join('\n', host.Rows.Query("EXPLAIN QUERY PLAN " + query, parameters).Select(row => row["detail"]));
    }
}
