using Accounts.Core.Administration;
using Accounts.Core.Sessions;
using Accounts.Tests.Fixtures;
using Microsoft.Data.Sqlite;

namespace Accounts.Tests.Core.Audit;

/// <summary>Nothing changes the audit log, not even plain SQL.</summary>
public sealed class AppendOnlyTests
{
    // Guard: the triggers of M0006_AuditLog, and the one of M0008_Answers.
    [Fact]
    public async Task Events_cannot_be_deleted_or_changed()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.SignInAsync();
        var before = host.Rows.Query("SELECT * FROM \"AuditEvents\" ORDER BY \"Id\"");
        Assert.Equal(2, before.Count);

        List<string> statements = ["DELETE FROM \"AuditEvents\""];
        statements.AddRange(before[0].Keys.Select(column => $"UPDATE \"AuditEvents\" SET \"{column}\" = 7"));
        // SQLite doesn't treat replacing a row as a DELETE.
        statements.Add("INSERT OR REPLACE INTO \"AuditEvents\" SELECT * FROM \"AuditEvents\"");
        foreach (var statement in statements)
        {
            var refusal = Assert.Throws<SqliteException>(() => host.Rows.Execute(statement));
            Assert.Contains("stays as it is", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, host.Rows.Query("SELECT * FROM \"AuditEvents\" ORDER BY \"Id\""));
        // The log still accepts new events.
        await host.SignInAsync();
        Assert.Equal(3, host.Rows.Number("SELECT COUNT(*) FROM \"AuditEvents\""));
    }

    [Fact]
    public async Task An_address_is_shortened_when_due_and_cannot_change_afterwards()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var owner = await host.SignInAsync(remember: false);
        // An expiry has no address: there is nothing to shorten, and it is never due.
        host.Clock.Advance(TimeSpan.FromDays(2));
        await host.Upkeep.SweepAsync();
        Assert.Null(Assert.Single(host.Rows.Audit("session.expired"))["WholeAddressSince"]);

        host.Clock.Advance(TimeSpan.FromDays(90));
        await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
        var shortened = Assert.Single(host.Rows.Audit("user.signed_in"));
        Assert.Equal("203.0.113.0", shortened["Address"]);
        foreach (var statement in new[] { "SET \"Address\" = '198.51.100.9'", "SET \"WholeAddressSince\" = 1", "SET \"Address\" = '198.51.100.9', \"WholeAddressSince\" = 1" })
            Assert.Throws<SqliteException>(() => host.Rows.Execute($"UPDATE \"AuditEvents\" {statement}"));
        Assert.Equal(shortened, Assert.Single(host.Rows.Audit("user.signed_in")));
        Assert.Equal("203.0.113.0", ((await host.EventsAsync(owner.Caller, new AuditQuery { Action = "user.signed_in" }))!)[0].Address);
    }
}
