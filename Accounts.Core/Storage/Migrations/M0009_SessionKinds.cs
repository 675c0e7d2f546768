using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>What a session is for, who acts in it, and what it may ask for. Only a browser's session has a browser id.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0009_SessionKinds")]
internal sealed class M0009_SessionKinds : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>("Kind", "Sessions", nullable: false, defaultValue: 1);
        migrationBuilder.AddColumn<Guid>("ActorUserId", "Sessions", nullable: true);
        migrationBuilder.AddColumn<int>("Scopes", "Sessions", nullable: true);

        // SQLite can't take NOT NULL off a column, and rebuilding the table would delete the support codes that refer to it.
        migrationBuilder.DropIndex("IX_Sessions_Browser", "Sessions");
        migrationBuilder.AddColumn<byte[]>("Browser", "Sessions", nullable: true);
        migrationBuilder.Sql("""UPDATE "Sessions" SET "Browser" = "BrowserHash" """);
        migrationBuilder.Sql("""ALTER TABLE "Sessions" DROP COLUMN "BrowserHash" """);
        migrationBuilder.Sql("""ALTER TABLE "Sessions" RENAME COLUMN "Browser" TO "BrowserHash" """);
        migrationBuilder.CreateIndex("IX_Sessions_Browser", "Sessions", ["UserId", "BrowserHash"], unique: true, filter: "\"EndedAt\" IS NULL");
    }
}
