using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>The attempts on accounts that the server refused.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0013_RefusedAttempts" + MigrationIds.Expand)]
internal sealed class M0013_RefusedAttempts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "RefusedAttempts",
            table => new
            {
                Id = table.Column<Guid>(),
                UserId = table.Column<Guid>(),
                Kind = table.Column<int>(),
                Reason = table.Column<int>(),
                At = table.Column<long>(),
                Count = table.Column<int>(),
                SessionId = table.Column<Guid>(nullable: true),
                Address = table.Column<string>(maxLength: 45),
                UserAgent = table.Column<string>(maxLength: 512),
                ClientHints = table.Column<string>(maxLength: 1800, nullable: true),
                WholeAddressSince = table.Column<long>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_RefusedAttempts", row => row.Id);
                table.ForeignKey("FK_RefusedAttempts_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_RefusedAttempts_User", "RefusedAttempts", ["UserId", "At"]);
        migrationBuilder.CreateIndex("IX_RefusedAttempts_At", "RefusedAttempts", "At");
        migrationBuilder.CreateIndex(
            "IX_RefusedAttempts_WholeAddress", "RefusedAttempts", "WholeAddressSince", filter: "\"WholeAddressSince\" IS NOT NULL");
    }
}
