using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>
/// What administration needs: accounts that are disabled, deleted or need a new password; and the epoch of each session, so that everybody's sessions
/// can be ended at once. The start adds the installation's only row.
/// </summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0016_Administration" + MigrationIds.Expand)]
internal sealed class M0016_Administration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("DisabledAt", "Users", nullable: true);
        migrationBuilder.AddColumn<bool>("NewPasswordRequired", "Users", defaultValue: false);
        migrationBuilder.AddColumn<long>("DeletionDueAt", "Users", nullable: true);
        migrationBuilder.AddColumn<bool>("DeletedByOwner", "Users", defaultValue: false);
        migrationBuilder.CreateIndex("IX_Users_DeletionDue", "Users", "DeletionDueAt", filter: "\"DeletionDueAt\" IS NOT NULL");
        migrationBuilder.AddColumn<string>("Value", "AuditEvents", maxLength: 64, nullable: true);
        // For erasing a person from the logs of others.
        migrationBuilder.CreateIndex("IX_AuditEvents_On", "AuditEvents", ["OnUserId", "At", "Id"], filter: "\"OnUserId\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_AuditEvents_Actor", "AuditEvents", ["ActorUserId", "At", "Id"], filter: "\"OnUserId\" IS NOT NULL");
        // The list of users.
        migrationBuilder.CreateIndex("IX_Users_Email", "Users", ["NormalizedEmail", "Id"]).InByteOrder("C", null);
        migrationBuilder.CreateIndex("IX_Users_PlanName", "Users", ["Plan", "NameKey", "Id"], filter: "\"Plan\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_Users_PlanEmail", "Users", ["Plan", "NormalizedEmail", "Id"], filter: "\"Plan\" IS NOT NULL")
            .InByteOrder(null, "C", null);
        migrationBuilder.CreateIndex("IX_Users_Plan", "Users", ["Plan", "Id"], filter: "\"Plan\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_Users_ClosedName", "Users", ["NameKey", "Id"], filter: UserIndexes.Closed);
        migrationBuilder.CreateIndex("IX_Users_ClosedEmail", "Users", ["NormalizedEmail", "Id"], filter: UserIndexes.Closed)
            .InByteOrder("C", null);
        migrationBuilder.CreateIndex("IX_Users_Closed", "Users", "Id", filter: UserIndexes.Closed);

        migrationBuilder.CreateTable(
            "Installation",
            table => new { Id = table.Column<int>(), Epoch = table.Column<long>() },
            constraints: table => table.PrimaryKey("PK_Installation", row => row.Id));
        migrationBuilder.CreateTable(
            "MassEndings",
            table => new
            {
                Id = table.Column<Guid>(),
                Epoch = table.Column<long>(),
                At = table.Column<long>(),
                ByUserId = table.Column<Guid>(),
                BySessionId = table.Column<Guid>(),
                Reason = table.Column<string>(maxLength: 500),
                Total = table.Column<int>(),
                Ended = table.Column<int>(),
                FinishedAt = table.Column<long>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_MassEndings", row => row.Id));
        migrationBuilder.AddColumn<long>("Epoch", "Sessions", defaultValue: 0L);
        migrationBuilder.CreateIndex("IX_Sessions_Epoch", "Sessions", ["Epoch", "UserId"], filter: "\"EndedAt\" IS NULL");
    }
}
