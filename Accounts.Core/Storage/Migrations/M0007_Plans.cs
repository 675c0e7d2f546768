using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>A user's plan, which decides which features they may use; null for the default plan.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0007_Plans")]
internal sealed class M0007_Plans : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("Plan", "Users", maxLength: 40, nullable: true);
}
