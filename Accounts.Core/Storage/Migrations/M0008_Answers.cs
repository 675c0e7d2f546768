using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>The answer to "Was this you?", the time since when the account knows a browser, and the list of sessions that one action ended.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0008_Answers")]
internal sealed class M0008_Answers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("RecognizedAt", "Sessions", nullable: true);
        migrationBuilder.AddColumn<Guid>("RecognizedBySessionId", "Sessions", nullable: true);
        migrationBuilder.AddColumn<long>("BrowserSince", "Sessions", nullable: true);
        // Only live sessions need the value, because only they can answer. The next sign-in in a browser copies it.
        migrationBuilder.Sql("""
            UPDATE "Sessions" SET "BrowserSince" = (
                SELECT MIN(s."StartedAt") FROM "Sessions" AS s WHERE s."UserId" = "Sessions"."UserId" AND s."BrowserHash" = "Sessions"."BrowserHash")
            WHERE "EndedAt" IS NULL
            """);

        migrationBuilder.AddColumn<string>("EndedSessions", "AuditEvents", nullable: true);
        if (!migrationBuilder.IsPostgreSql())
            migrationBuilder.Refuse("AuditEvents", "EndedSessions", """UPDATE OF "EndedSessions" """);
    }
}
