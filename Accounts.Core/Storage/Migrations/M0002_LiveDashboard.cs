using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>More data for a session's card: its name, whether its browser was new, and whether its browser left after the end.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0002_LiveDashboard")]
internal sealed class M0002_LiveDashboard : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("Name", "Sessions", maxLength: 60, nullable: true);
        migrationBuilder.AddColumn<bool>("NewBrowser", "Sessions", nullable: false, defaultValue: false);
        migrationBuilder.AddColumn<int>("PagesTold", "Sessions", nullable: true);
        migrationBuilder.AddColumn<long>("ClosedAt", "Sessions", nullable: true);
    }
}
