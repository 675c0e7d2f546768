using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>
/// Moves the personal data of audit events to a table of their own. Erasure can empty its rows, while the events stay as they are: no trigger makes
/// an exception for them any more. Events also get what the action came through, its reason, and the proof's methods.
/// </summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0010_AuditDetails")]
internal sealed class M0010_AuditDetails : Migration
{
    private const string Personal = """
        "ActorName", "ActorDevice", "SessionName", "SessionDevice", "EndedSessions", "Address", "WholeAddressSince"
        """;

    /// <summary>When a change of a row is refused.</summary>
    internal const string OneChange =
        """
        NEW."EventId" IS DISTINCT FROM OLD."EventId" OR NOT (
            coalesce(NEW."ActorName", NEW."ActorDevice", NEW."SessionName", NEW."SessionDevice", NEW."EndedSessions", NEW."Address",
                CAST(NEW."WholeAddressSince" AS varchar)) IS NULL
            OR (OLD."WholeAddressSince" IS NOT NULL AND NEW."WholeAddressSince" IS NULL
                AND NEW."ActorName" IS NOT DISTINCT FROM OLD."ActorName" AND NEW."ActorDevice" IS NOT DISTINCT FROM OLD."ActorDevice"
                AND NEW."SessionName" IS NOT DISTINCT FROM OLD."SessionName" AND NEW."SessionDevice" IS NOT DISTINCT FROM OLD."SessionDevice"
                AND NEW."EndedSessions" IS NOT DISTINCT FROM OLD."EndedSessions"))
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

        if (!migrationBuilder.IsPostgreSql())
        {
            foreach (var trigger in new[] { "Change", "Address", "EndedSessions" })
                migrationBuilder.Sql($"DROP TRIGGER \"TR_AuditEvents_{trigger}\"");
        }

        migrationBuilder.AddColumn<int>("Kind", "AuditEvents", nullable: false, defaultValue: 1);
        migrationBuilder.AddColumn<string>("Reason", "AuditEvents", maxLength: 500, nullable: true);
        migrationBuilder.AddColumn<int>("Methods", "AuditEvents", nullable: true);
        // PostgreSQL has a type for lists, and no row yet.
        if (migrationBuilder.IsPostgreSql())
            migrationBuilder.AddColumn<Guid[]>("EndedSessionIds", "AuditEvents", nullable: true);
        else
            FillEvents(migrationBuilder);
        migrationBuilder.DropIndex("IX_AuditEvents_WholeAddress", "AuditEvents");
        foreach (var column in Personal.Split(',', StringSplitOptions.TrimEntries))
            migrationBuilder.Sql($"ALTER TABLE \"AuditEvents\" DROP COLUMN {column}");

        migrationBuilder.CreateIndex(
            "IX_AuditDetails_WholeAddress", "AuditDetails", "WholeAddressSince", filter: "\"WholeAddressSince\" IS NOT NULL");
        if (migrationBuilder.IsPostgreSql())
        {
            migrationBuilder.RefuseTruncate("AuditEvents", "AuditDetails");
            migrationBuilder.Refuse("AuditEvents", "Delete", "DELETE");
        }

        migrationBuilder.Refuse("AuditEvents", "Change", "UPDATE");
        migrationBuilder.Refuse("AuditDetails", "Delete", "DELETE");
        // An address may be shortened once: WholeAddressSince says whether that is still to come. And a row may be emptied, but never filled again.
        migrationBuilder.Refuse(
            "AuditDetails",
            "Change",
            "UPDATE",
            OneChange);
        // "INSERT OR REPLACE" replaces a row without firing an UPDATE trigger. PostgreSQL has no such statement.
        if (!migrationBuilder.IsPostgreSql())
            migrationBuilder.Refuse("AuditDetails", "Replace", "INSERT", """EXISTS (SELECT 1 FROM "AuditDetails" WHERE "EventId" = NEW."EventId")""");
    }

    /// <summary>Fills the new columns of the events from before. SQLite stores ids in capital letters.</summary>
    private static void FillEvents(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("EndedSessionIds", "AuditEvents", nullable: true);
        // An action without an actor was the clock's: 6.
        migrationBuilder.Sql("""
            UPDATE "AuditEvents" SET
                "Kind" = CASE WHEN "ActorUserId" IS NULL THEN 6 ELSE 1 END,
                "EndedSessionIds" = CASE WHEN "EndedSessions" IS NOT NULL
                    THEN (SELECT json_group_array(upper(json_extract(one.value, '$.id'))) FROM json_each("EndedSessions") AS one) END
            """);
    }
}
