using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>The columns that say which rows retention must process, and the support codes.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0003_RetentionAndSupportCodes")]
internal sealed class M0003_RetentionAndSupportCodes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("WholeAddressSince", "Sessions", nullable: true);
        migrationBuilder.AddColumn<long>("WholeAddressSince", "AuditEvents", nullable: true);
        migrationBuilder.Sql("UPDATE \"Sessions\" SET \"WholeAddressSince\" = \"StartedAt\"");
        migrationBuilder.Sql("UPDATE \"AuditEvents\" SET \"WholeAddressSince\" = \"At\"");
        migrationBuilder.CreateIndex("IX_Sessions_WholeAddress", "Sessions", "WholeAddressSince", filter: "\"WholeAddressSince\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_AuditEvents_WholeAddress", "AuditEvents", "WholeAddressSince", filter: "\"WholeAddressSince\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_Sessions_Ended", "Sessions", "EndedAt", filter: "\"EndedAt\" IS NOT NULL");

        migrationBuilder.CreateTable(
            "SupportCodes",
            t => new
            {
                Code = t.Column<string>(maxLength: 8),
                UserId = t.Column<Guid>(),
                SessionId = t.Column<Guid>(),
                CreatedAt = t.Column<long>(),
                ExpiresAt = t.Column<long>(),
            },
            constraints: t =>
            {
                t.PrimaryKey("PK_SupportCodes", c => c.Code);
                t.ForeignKey("FK_SupportCodes_Sessions_SessionId", c => c.SessionId, "Sessions", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_SupportCodes_Session", "SupportCodes", ["SessionId", "ExpiresAt"]);
        migrationBuilder.CreateIndex("IX_SupportCodes_Expiry", "SupportCodes", "ExpiresAt");
    }
}
