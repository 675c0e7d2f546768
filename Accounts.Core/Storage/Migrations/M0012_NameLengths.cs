using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>Room for names whose limit counts characters as a reader does: one may have many code points. SQLite limits no text.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0012_NameLengths" + MigrationIds.Expand)]
internal sealed class M0012_NameLengths : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        if (!migrationBuilder.IsPostgreSql())
            return;

        migrationBuilder.WidenText("Users", "DisplayName", 100, 1000);
        migrationBuilder.WidenText("Sessions", "Name", 60, 600);
        // PostgreSQL changes no column that a trigger names.
        migrationBuilder.Sql("""DROP TRIGGER "TR_AuditDetails_Change" ON "AuditDetails" """);
        migrationBuilder.WidenText("AuditDetails", "ActorName", 60, 600);
        migrationBuilder.WidenText("AuditDetails", "SessionName", 60, 600);
        migrationBuilder.Refuse("AuditDetails", "Change", "UPDATE", M0010_AuditDetails.OneChange);
    }
}
