using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>Questions to browsers for a passkey, and the time of a passkey's last use.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0018_Passkeys" + MigrationIds.Expand)]
internal sealed class M0018_Passkeys : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("LastUsedAt", "UserPasskeys", nullable: true);
        migrationBuilder.CreateTable(
            "PasskeyCeremonies",
            table => new
            {
                IdHash = table.Column<byte[]>(),
                Purpose = table.Column<int>(),
                UserId = table.Column<Guid>(nullable: true),
                SessionId = table.Column<Guid>(nullable: true),
                BrowserHash = table.Column<byte[]>(nullable: true),
                State = table.Column<string>(),
                ExpiresAt = table.Column<long>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_PasskeyCeremonies", row => row.IdHash);
                table.ForeignKey("FK_PasskeyCeremonies_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_PasskeyCeremonies_User", "PasskeyCeremonies", "UserId", filter: "\"UserId\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_PasskeyCeremonies_Expiry", "PasskeyCeremonies", "ExpiresAt");
    }
}
