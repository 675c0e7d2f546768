using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>The second key of a session between its being given out and its being seen, and when the person last proved again who they are.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0005_Reauthentication")]
internal sealed class M0005_Reauthentication : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<byte[]>("NextKeyHash", "Sessions", nullable: true);
        migrationBuilder.AddColumn<long>("NextKeyAt", "Sessions", nullable: true);
        migrationBuilder.AddColumn<long>("ReauthenticatedAt", "Sessions", nullable: true);
    }
}
