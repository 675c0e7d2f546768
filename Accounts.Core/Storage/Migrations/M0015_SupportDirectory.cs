using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>What support finds accounts by: the beginning of a name, and an address. The start fills in the names of older accounts.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0015_SupportDirectory" + MigrationIds.Expand)]
internal sealed class M0015_SupportDirectory : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        // A prefix is a range of an index only in the order of bytes, which SQLite has anyway.
        var bytes = migrationBuilder.IsPostgreSql() ? "C" : null;
        migrationBuilder.AddColumn<string>("NameKey", "Users", maxLength: 60, nullable: true, collation: bytes);
        migrationBuilder.AddColumn<string>("LastNameKey", "Users", maxLength: 60, nullable: true, collation: bytes);
        migrationBuilder.CreateIndex("IX_Users_NameKey", "Users", ["NameKey", "Id"]);
        migrationBuilder.CreateIndex("IX_Users_LastNameKey", "Users", ["LastNameKey", "Id"], filter: "\"LastNameKey\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_Sessions_LastAddress", "Sessions", ["LastAddress", "UserId"]);
        migrationBuilder.CreateIndex("IX_Sessions_SignInAddress", "Sessions", ["SignInAddress", "UserId"]);
    }
}
