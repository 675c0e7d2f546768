using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>Stores sessions' names and devices in audit events, which outlive the sessions. The database itself refuses to change events.</summary>
/// <remarks>The triggers are for SQLite. Another engine needs its own, or a role that may insert but not update.</remarks>
[DbContext(typeof(AccountsDbContext))]
[Migration("0006_AuditLog")]
internal sealed class M0006_AuditLog : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("ActorName", "AuditEvents", maxLength: 60, nullable: true);
        migrationBuilder.AddColumn<string>("ActorDevice", "AuditEvents", maxLength: 200, nullable: true);
        migrationBuilder.AddColumn<string>("SessionName", "AuditEvents", maxLength: 60, nullable: true);
        migrationBuilder.AddColumn<string>("SessionDevice", "AuditEvents", maxLength: 200, nullable: true);

        Refuse(migrationBuilder, "Delete", "DELETE", "TRUE");
        Refuse(
            migrationBuilder,
            "Change",
            """UPDATE OF "Id", "At", "Action", "UserId", "ActorUserId", "ActorSessionId", "ActorName", "ActorDevice", "SessionId", "SessionName", "SessionDevice", "Count" """,
            "TRUE");
        // An address may be shortened once. WholeAddressSince says whether that is still to come.
        Refuse(migrationBuilder, "Address", """UPDATE OF "Address", "WholeAddressSince" """, """OLD."WholeAddressSince" IS NULL OR NEW."WholeAddressSince" IS NOT NULL""");
        // "INSERT OR REPLACE" removes a row without firing a DELETE trigger.
        Refuse(migrationBuilder, "Replace", "INSERT", """EXISTS (SELECT 1 FROM "AuditEvents" WHERE "Id" = NEW."Id")""");
    }

    private static void Refuse(MigrationBuilder migrationBuilder, string name, string statement, string when) => migrationBuilder.Sql($"""
        CREATE TRIGGER "TR_AuditEvents_{name}" BEFORE {statement} ON "AuditEvents" WHEN {when}
        BEGIN SELECT RAISE(ABORT, 'What is in the audit log stays as it is.'); END
        """);
}
