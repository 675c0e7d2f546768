using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>A session's offered key until the browser uses it, and the time of the last re-authentication.</summary>
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
