using System.Data.Common;
using Accounts.Core.Administration;
using Accounts.Core.PersonalData;
using Accounts.Core.AuditReading;
using Accounts.Core.Manager;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.Core.Audit;

/// <summary>Nothing changes the audit log, not even plain SQL. Only its personal data can be removed.</summary>
public sealed class AppendOnlyTests
{
    // Guard: the triggers of M0006_AuditLog and M0010_AuditDetails.
    [EachEngineTheory]
    [InlineData("AuditEvents", "Id")]
    [InlineData("AuditDetails", "EventId")]
    public async Task Neither_events_nor_their_details_can_be_deleted_or_changed(string table, string key)
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        await host.SignInAsync();
        var before = host.Rows.Query($"SELECT * FROM \"{table}\" ORDER BY \"{key}\"");
        Assert.Equal(2, before.Count);

        List<string> statements = [$"DELETE FROM \"{table}\""];
        statements.AddRange(before[0].Keys.Select(column => $"UPDATE \"{table}\" SET \"{column}\" = {Seven(host.Rows, table, column)}"));
        if (host.Rows.IsPostgreSql)
        {
            statements.Add($"INSERT INTO \"{table}\" SELECT * FROM \"{table}\" ON CONFLICT (\"{key}\") DO UPDATE SET \"{key}\" = excluded.\"{key}\"");
            statements.Add($"TRUNCATE \"{table}\" CASCADE");
        }
        else
        {
            // SQLite treats replacing a row neither as a deletion nor as an update.
            statements.Add($"INSERT OR REPLACE INTO \"{table}\" SELECT * FROM \"{table}\"");
        }

        foreach (var statement in statements)
        {
            var refusal = Assert.ThrowsAny<DbException>(() => host.Rows.Execute(statement));
            Assert.Contains("stays as it is", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, host.Rows.Query($"SELECT * FROM \"{table}\" ORDER BY \"{key}\""));
        // The log still accepts new events.
        await host.SignInAsync();
        Assert.Equal(3, host.Rows.Number($"SELECT COUNT(*) FROM \"{table}\""));
    }

    // Guard: the condition on the address in AuditLog.NamesAsync.
    [EachEngineFact]
    public async Task Erasure_empties_what_tells_about_a_person_for_good_and_the_events_stay()
    {
        const string Empty = """
            UPDATE "AuditDetails" SET "ActorName" = NULL, "ActorDevice" = NULL, "SessionName" = NULL, "SessionDevice" = NULL,
                "EndedSessions" = NULL, "Address" = NULL, "WholeAddressSince" = NULL
            WHERE "EventId" IN (SELECT "Id" FROM "AuditEvents" WHERE "UserId" = @user)
            """;
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var (owner, one, two) = (await host.SignInAsync(), await host.SignInAsync(), await host.SignInAsync());
        await host.Sessions.RenameAsync(owner.Caller, one.Id, new RenameSessionInput { Name = "Kitchen" });
        await host.Sessions.TerminateManyAsync(owner.Caller, [one.Id, two.Id], TestContext.Current.CancellationToken);
        var events = host.Rows.Query("SELECT * FROM \"AuditEvents\" ORDER BY \"Id\"");
        var details = host.Rows.Query("SELECT * FROM \"AuditDetails\" WHERE \"EndedSessions\" IS NOT NULL");
        Assert.Equal(6, events.Count);

        Assert.Equal(6, host.Rows.Execute(Empty, ("@user", user.Value)));

        Assert.Equal(events, host.Rows.Query("SELECT * FROM \"AuditEvents\" ORDER BY \"Id\""));
        foreach (var personal in new[] { "Kitchen", "Chrome", "203.0.113" })
            Assert.DoesNotContain(events, row => row.Values.OfType<string>().Any(value => value.Contains(personal, StringComparison.Ordinal)));
        // The session itself is still there, but the log doesn't ask it.
        var ended = Assert.Single((await host.EventsAsync(owner.Caller, new AuditQuery { Action = "sessions.terminated" }))!);
        Assert.Equal((AuditActor.You, new AuditedSession(owner.Id, null, null), 2, null), (ended.Actor, ended.From, ended.Count, ended.Address));
        Assert.Equal([new AuditedSession(one.Id, null, null), new AuditedSession(two.Id, null, null)], ended.EndedSessions);
        // Nobody fills the rows again.
        foreach (var (column, value) in details[0].Where(cell => cell.Value is not null))
            Assert.ThrowsAny<DbException>(() => host.Rows.Execute($"UPDATE \"AuditDetails\" SET \"{column}\" = @value", ("@value", value)));
    }

    [EachEngineFact]
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
        foreach (var statement in new[]
        {
            "SET \"Address\" = '198.51.100.9'",
            "SET \"WholeAddressSince\" = 1",
            "SET \"Address\" = '198.51.100.9', \"WholeAddressSince\" = 1",
        })
            Assert.ThrowsAny<DbException>(() => host.Rows.Execute($"UPDATE \"AuditDetails\" {statement}"));
        Assert.Equal(shortened, Assert.Single(host.Rows.Audit("user.signed_in")));
        Assert.Equal("203.0.113.0", ((await host.EventsAsync(owner.Caller, new AuditQuery { Action = "user.signed_in" }))!)[0].Address);
    }

    /// <summary>A value that a column's type takes.</summary>
    private static string Seven(DatabaseRows rows, string table, string column)
    {
        const string types = "SELECT data_type AS type FROM information_schema.columns WHERE table_name = @table AND column_name = @column";
        return !rows.IsPostgreSql ? "7" : rows.Text(types, ("@table", table), ("@column", column)) switch
        {
            "uuid" => "'00000000-0000-0000-0000-000000000007'",
            "text" or "character varying" => "'7'",
            "ARRAY" => "'{}'",
            _ => "7",
        };
    }
}
