using Accounts.Core.AuditReading;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Accounts.Tests.Core.Storage;

/// <summary>What migrations do with the rows of a database that an earlier version wrote.</summary>
public sealed class MigrationTests
{
    private const string User = "019C0000-0000-7000-8000-000000000001";
    private const string First = "019C0000-0000-7000-8000-0000000000A1";
    private const string Second = "019C0000-0000-7000-8000-0000000000A2";
    private const string Other = "019C0000-0000-7000-8000-0000000000A3";

    [Fact]
    public async Task Addresses_stored_before_retention_existed_become_due_too()
    {
        using var folder = new TempFolder();
        await WriteAsync(folder, "0002_LiveDashboard", AddUser, AddSession(First, 1_000, "01", live: true), AddEvent("F1", 1_000),
            AddEvent("F2", 2_000));

        await using var host = CoreHost.Start(folder);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"WholeAddressSince\" = \"StartedAt\""));
        Assert.Equal(
            2,
            host.Rows.Number(
                "SELECT COUNT(*) FROM \"AuditEvents\" JOIN \"AuditDetails\" ON \"EventId\" = \"Id\" WHERE \"WholeAddressSince\" = \"At\""));
    }

    [Fact]
    public async Task A_session_from_before_answers_existed_gets_its_browsers_first_use()
    {
        using var folder = new TempFolder();
        await WriteAsync(
            folder, "0007_Plans", AddUser, AddSession(First, 1_000, "01", live: false), AddSession(Second, 2_000, "01", live: true),
            AddSession(Other, 3_000, "02", live: true));

        await using var host = CoreHost.Start(folder);
        Assert.Equal([null, 1_000L, 3_000L], new[] { First, Second, Other }.Select(id => Session(host, id)["BrowserSince"]));
        Assert.Equal(0, host.Rows.Number("SELECT COUNT(*) FROM \"Sessions\" WHERE \"RecognizedAt\" IS NOT NULL"));
    }

    [Fact]
    public async Task Sessions_from_before_other_kinds_existed_are_browsers_and_keep_their_codes()
    {
        using var folder = new TempFolder();
        await WriteAsync(
            folder,
            "0008_Answers",
            AddUser,
            AddSession(First, 1_000, "01", live: true),
            AddSession(Other, 3_000, "02", live: true),
            $"""INSERT INTO "SupportCodes" VALUES ('ABCD2345', '{User}', '{First}', 1000, 9000000000000000)""");

        await using var host = CoreHost.Start(folder);
        var row = Session(host, First);
        Assert.Equal(((long)SessionKind.Browser, null, null), ((long)row["Kind"]!, row["ActorUserId"], row["Scopes"]));
        Assert.Equal(new byte[] { 1 }, row["BrowserHash"]);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"SupportCodes\""));
        // The next sign-in in the same browser would replace it.
        Assert.Equal(
            SQLitePCL.raw.SQLITE_CONSTRAINT,
            host.Rows.Try($"UPDATE \"Sessions\" SET \"BrowserHash\" = x'02' WHERE \"Id\" = '{First}'"));
    }

    [Fact]
    public async Task The_personal_data_of_old_events_moves_and_nothing_of_it_is_lost()
    {
        using var folder = new TempFolder();
        await WriteAsync(
            folder,
            "0009_SessionKinds",
            AddUser,
            $$"""
            INSERT INTO "AuditEvents"
                ("Id", "At", "Action", "UserId",
                "ActorUserId", "ActorSessionId", "ActorName", "ActorDevice", "Count",
                "EndedSessions",
                "Address", "WholeAddressSince")
            VALUES
                ('019C0000-0000-7000-8000-0000000000F1', 1000, 'sessions.terminated', '{{User}}',
                '{{User}}', '{{First}}', 'Büro', 'Mosaic 1', 2,
                '[{"id":"{{Second.ToLowerInvariant()}}","name":"Phone","device":"Netscape 4"},{"id":"{{Other.ToLowerInvariant()}}"}]',
                '203.0.113.7', 1000)
            """,
            $"""
            INSERT INTO "AuditEvents" ("Id", "At", "Action", "UserId", "SessionId", "SessionName", "SessionDevice")
            VALUES ('019C0000-0000-7000-8000-0000000000F2', 2000, 'session.expired', '{User}', '{Second}', 'Phone', 'Netscape 4')
            """);

        await using var host = CoreHost.Start(folder);
        var caller = Caller.InBrowser(new UserId(Guid.Parse(User)), new SessionId(Guid.Parse(First)), "", "");
        var events = (await host.EventsAsync(caller, new AuditQuery()))!;
        var (expired, ended) = (events[0], events[1]);
        Assert.Equal((CallerKind.Clock, AuditActor.Clock, "Phone", "Netscape 4", null),
            (expired.Kind, expired.Actor, expired.To!.Name, expired.To.Device, expired.Address));
        Assert.Equal((CallerKind.Browser, AuditActor.You, "Büro", "Mosaic 1", "203.0.113.7"),
            (ended.Kind, ended.Actor, ended.From!.Name, ended.From.Device, ended.Address));
        Assert.Equal(
            [new AuditedSession(new SessionId(Guid.Parse(Second)), "Phone", "Netscape 4"),
                new AuditedSession(new SessionId(Guid.Parse(Other)), null, null)],
            ended.EndedSessions);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"AuditDetails\" WHERE \"WholeAddressSince\" = 1000"));
    }

    /// <summary>Writes a database as the version with this last migration made it.</summary>
    private static async Task WriteAsync(TempFolder folder, string lastMigration, params string[] statements)
    {
        TestEngine.Use(StorageProvider.Sqlite);
        var file = folder.File("accounts.db");
        await using (var host = CoreHost.Start())
        await using (var db = await host.Get<IDbContextFactory<AccountsDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken))
        {
            db.MayWrite = true;
            db.Database.SetConnectionString($"Data Source={file};Pooling=False");
            await MigrateAsync(db, lastMigration);
        }

        using var rows = new DatabaseRows(file);
        foreach (var statement in statements)
            Assert.Equal(1, rows.Execute(statement));
        rows.Execute("PRAGMA application_id = 0x41636374");
    }

    // IMigrator finds a target only by ids that begin with a time, and ours don't.
    private static async Task MigrateAsync(AccountsDbContext db, string last)
    {
        var (history, migrations) = (db.GetService<IHistoryRepository>(), db.GetService<IMigrationsAssembly>());
        var (sql, executor) = (db.GetService<IMigrationsSqlGenerator>(), db.GetService<IMigrationCommandExecutor>());
        await db.Database.ExecuteSqlRawAsync(history.GetCreateScript());
        foreach (var (id, type) in migrations.Migrations.Where(one => string.CompareOrdinal(one.Key, last) <= 0))
        {
            var migration = migrations.CreateMigration(type, db.Database.ProviderName!);
            await executor.ExecuteNonQueryAsync(sql.Generate(migration.UpOperations), db.GetService<IRelationalConnection>());
            await db.Database.ExecuteSqlRawAsync(history.GetInsertScript(new HistoryRow(id, "10.0.0")));
        }
    }

    private static IReadOnlyDictionary<string, object?> Session(CoreHost host, string id) => host.Rows.Session(new SessionId(Guid.Parse(id)));

    private const string AddUser = $"""
        INSERT INTO "Users"
            ("Id", "DisplayName", "Email", "NormalizedEmail", "EmailConfirmed", "SecurityStamp",
            "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled", "AccessFailedCount")
        VALUES
            ('{User}', 'Ada Lovelace', 'ada@example.test', 'ADA@EXAMPLE.TEST', 0, 'S',
            0, 0, 0, 0)
        """;

    private static string AddSession(string id, long startedAt, string browser, bool live) => $"""
        INSERT INTO "Sessions"
            ("Id", "UserId", "KeyHash", "BrowserHash", "StartedAt", "LastActivityAt", "ExpiresAt",
            "Remembered", "Method", "UserAgent", "SignInAddress", "LastAddress", "PagesVisited",
            "EndedAt", "EndReason")
        VALUES
            ('{id}', '{User}', x'00', x'{browser}', {startedAt}, {startedAt}, 9000000000000000,
            1, 1, 'Mosaic/1', '203.0.113.7', '203.0.113.7', 0,
            {(live ? "NULL, NULL" : $"{startedAt + 1}, 1")})
        """;

    private static string AddEvent(string id, long at) => $"""
        INSERT INTO "AuditEvents" ("Id", "At", "Action", "UserId", "Address")
        VALUES ('019C0000-0000-7000-8000-0000000000{id}', {at}, 'user.signed_in', '{User}', '203.0.113.7')
        """;
}
