using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>The Client Hints of a session, and the country of its sign-in, which reveals sign-ins from a new country.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0004_DevicesAndPlaces")]
internal sealed class M0004_DevicesAndPlaces : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("ClientHints", "Sessions", maxLength: 1800, nullable: true);
        migrationBuilder.AddColumn<string>("SignInCountry", "Sessions", maxLength: 2, nullable: true);
        migrationBuilder.AddColumn<bool>("NewCountry", "Sessions", nullable: false, defaultValue: false);
    }
}
