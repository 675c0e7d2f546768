using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>The id that an application gives to a user of its own; null for an account of ours.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0011_ExternalUsers" + MigrationIds.Expand)]
internal sealed class M0011_ExternalUsers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("ExternalId", "Users", maxLength: 255, nullable: true);
        migrationBuilder.CreateIndex("IX_Users_ExternalId", "Users", "ExternalId", unique: true, filter: "\"ExternalId\" IS NOT NULL");
    }
}
