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

        Widen("Users", "DisplayName", 1000);
        Widen("Sessions", "Name", 600);
        // PostgreSQL changes no column that a trigger names.
        migrationBuilder.Sql("""DROP TRIGGER "TR_AuditDetails_Change" ON "AuditDetails" """);
        Widen("AuditDetails", "ActorName", 600);
        Widen("AuditDetails", "SessionName", 600);
        migrationBuilder.Refuse("AuditDetails", "Change", "UPDATE", M0010_AuditDetails.OneChange);

        void Widen(string table, string column, int length) =>
            migrationBuilder.Sql($"""ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE character varying({length})""");
    }
}
