using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>Who views an account and why, and whose account an audit event is about.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0014_SupportViews" + MigrationIds.Expand)]
internal sealed class M0014_SupportViews : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("ActorName", "Sessions", maxLength: 1000, nullable: true);
        migrationBuilder.AddColumn<string>("Reason", "Sessions", maxLength: 2000, nullable: true);
        migrationBuilder.AddColumn<Guid>("ParentSessionId", "Sessions", nullable: true);
        migrationBuilder.AddColumn<long>("ViewsUntil", "Sessions", nullable: true);
        migrationBuilder.CreateIndex(
            "IX_Sessions_Parent", "Sessions", "ParentSessionId", filter: "\"EndedAt\" IS NULL AND \"ParentSessionId\" IS NOT NULL");
        migrationBuilder.CreateIndex(
            "IX_Sessions_Actor", "Sessions", "ActorUserId", filter: "\"EndedAt\" IS NULL AND \"ActorUserId\" IS NOT NULL");
        migrationBuilder.AddColumn<Guid>("OnUserId", "AuditEvents", nullable: true);
    }
}
