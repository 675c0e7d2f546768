using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>
/// Moves the personal data of audit events to a table of their own. Erasure can empty its rows, while the events stay as they are: no trigger makes
/// an exception for them any more. Events also get what the action came through, its reason, and the proof's methods.
/// </summary>
/// <remarks>The triggers are for SQLite, like those of <see cref="M0006_AuditLog"/>.</remarks>
[DbContext(typeof(AccountsDbContext))]
[Migration("0010_AuditDetails")]
internal sealed class M0010_AuditDetails : Migration
{
    private const string Personal = """
        "ActorName", "ActorDevice", "SessionName", "SessionDevice", "EndedSessions", "Address", "WholeAddressSince"
        """;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "AuditDetails",
            table => new
            {
                EventId = table.Column<Guid>(nullable: false),
                ActorName = table.Column<string>(maxLength: 60, nullable: true),
                ActorDevice = table.Column<string>(maxLength: 200, nullable: true),
                SessionName = table.Column<string>(maxLength: 60, nullable: true),
                SessionDevice = table.Column<string>(maxLength: 200, nullable: true),
                EndedSessions = table.Column<string>(nullable: true),
                Address = table.Column<string>(maxLength: 45, nullable: true),
                WholeAddressSince = table.Column<long>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_AuditDetails", row => row.EventId);
                table.ForeignKey(
                    "FK_AuditDetails_AuditEvents_EventId", row => row.EventId, "AuditEvents", "Id", onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.Sql($"""INSERT INTO "AuditDetails" ("EventId", {Personal}) SELECT "Id", {Personal} FROM "AuditEvents" """);

        foreach (var trigger in new[] { "Change", "Address", "EndedSessions" })
            migrationBuilder.Sql($"DROP TRIGGER \"TR_AuditEvents_{trigger}\"");
        migrationBuilder.AddColumn<int>("Kind", "AuditEvents", nullable: false, defaultValue: 1);
        migrationBuilder.AddColumn<string>("Reason", "AuditEvents", maxLength: 500, nullable: true);
        migrationBuilder.AddColumn<int>("Methods", "AuditEvents", nullable: true);
        migrationBuilder.AddColumn<string>("EndedSessionIds", "AuditEvents", nullable: true);
        // An action without an actor was the clock's: 6. Ids are stored in capital letters.
        migrationBuilder.Sql("""
            UPDATE "AuditEvents" SET
                "Kind" = CASE WHEN "ActorUserId" IS NULL THEN 6 ELSE 1 END,
                "EndedSessionIds" = CASE WHEN "EndedSessions" IS NOT NULL
                    THEN (SELECT json_group_array(upper(json_extract(one.value, '$.id'))) FROM json_each("EndedSessions") AS one) END
            """);
        migrationBuilder.DropIndex("IX_AuditEvents_WholeAddress", "AuditEvents");
        foreach (var column in Personal.Split(',', StringSplitOptions.TrimEntries))
            migrationBuilder.Sql($"ALTER TABLE \"AuditEvents\" DROP COLUMN {column}");

        migrationBuilder.CreateIndex(
            "IX_AuditDetails_WholeAddress", "AuditDetails", "WholeAddressSince", filter: "\"WholeAddressSince\" IS NOT NULL");
        Refuse(migrationBuilder, "AuditEvents", "Change", "UPDATE", "TRUE");
        Refuse(migrationBuilder, "AuditDetails", "Delete", "DELETE", "TRUE");
        // An address may be shortened once: WholeAddressSince says whether that is still to come. And a row may be emptied, but never filled again.
        Refuse(
            migrationBuilder,
            "AuditDetails",
            "Change",
            "UPDATE",
            """
            NEW."EventId" IS NOT OLD."EventId" OR NOT (
                coalesce(NEW."ActorName", NEW."ActorDevice", NEW."SessionName", NEW."SessionDevice", NEW."EndedSessions", NEW."Address", NEW."WholeAddressSince") IS NULL
                OR (OLD."WholeAddressSince" IS NOT NULL AND NEW."WholeAddressSince" IS NULL
                    AND NEW."ActorName" IS OLD."ActorName" AND NEW."ActorDevice" IS OLD."ActorDevice"
                    AND NEW."SessionName" IS OLD."SessionName" AND NEW."SessionDevice" IS OLD."SessionDevice"
                    AND NEW."EndedSessions" IS OLD."EndedSessions"))
            """);
        // "INSERT OR REPLACE" replaces a row without firing an UPDATE trigger.
        Refuse(migrationBuilder, "AuditDetails", "Replace", "INSERT", """EXISTS (SELECT 1 FROM "AuditDetails" WHERE "EventId" = NEW."EventId")""");
    }

    private static void Refuse(MigrationBuilder migrationBuilder, string table, string name, string statement, string when) =>
        migrationBuilder.Sql($"""
            CREATE TRIGGER "TR_{table}_{name}" BEFORE {statement} ON "{table}" WHEN {when}
            BEGIN SELECT RAISE(ABORT, 'What is in the audit log stays as it is.'); END
            """);
}
