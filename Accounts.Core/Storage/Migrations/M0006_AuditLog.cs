using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>Stores sessions' names and devices in audit events, which outlive the sessions. The database itself refuses to change events.</summary>
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

        // PostgreSQL has no row yet: M0010 creates all its triggers.
        if (migrationBuilder.IsPostgreSql())
            return;
        migrationBuilder.Refuse("AuditEvents", "Delete", "DELETE");
        migrationBuilder.Refuse(
            "AuditEvents",
            "Change",
            """UPDATE OF "Id", "At", "Action", "UserId", "ActorUserId", "ActorSessionId", "ActorName", "ActorDevice","""
                + """ "SessionId", "SessionName", "SessionDevice", "Count" """);
        // An address may be shortened once. WholeAddressSince says whether that is still to come.
        migrationBuilder.Refuse(
            "AuditEvents", "Address", """UPDATE OF "Address", "WholeAddressSince" """,
            """OLD."WholeAddressSince" IS NULL OR NEW."WholeAddressSince" IS NOT NULL""");
        // "INSERT OR REPLACE" removes a row without firing a DELETE trigger.
        migrationBuilder.Refuse("AuditEvents", "Replace", "INSERT", """EXISTS (SELECT 1 FROM "AuditEvents" WHERE "Id" = NEW."Id")""");
    }
}
