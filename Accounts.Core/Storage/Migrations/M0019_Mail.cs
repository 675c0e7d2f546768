using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>Emails that wait to be sent, and the links and codes that they bring.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0019_Mail" + MigrationIds.Expand)]
internal sealed class M0019_Mail : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "Outbox",
            table => new
            {
                Id = table.Column<Guid>(),
                Kind = table.Column<int>(),
                UserId = table.Column<Guid>(nullable: true),
                LinkId = table.Column<Guid>(nullable: true),
                EventId = table.Column<Guid>(nullable: true),
                MadeAt = table.Column<long>(),
                DueAt = table.Column<long>(),
                Postponed = table.Column<int>(),
                FinishedAt = table.Column<long>(nullable: true),
                End = table.Column<int>(nullable: true),
                Detail = table.Column<string>(maxLength: 200, nullable: true),
                RecipientHash = table.Column<byte[]>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Outbox", row => row.Id);
                table.ForeignKey("FK_Outbox_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_Outbox_Due", "Outbox", "DueAt", filter: "\"FinishedAt\" IS NULL");
        migrationBuilder.CreateIndex(
            "IX_Outbox_Recipient", "Outbox", ["RecipientHash", "FinishedAt"], filter: "\"RecipientHash\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_Outbox_Finished", "Outbox", ["FinishedAt", "End"], filter: "\"FinishedAt\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_Outbox_User", "Outbox", "UserId", filter: "\"UserId\" IS NOT NULL");

        migrationBuilder.CreateTable(
            "EmailLinks",
            table => new
            {
                Id = table.Column<Guid>(),
                Purpose = table.Column<int>(),
                Email = table.Column<string>(maxLength: 1016, nullable: true),
                Name = table.Column<string>(maxLength: 1000, nullable: true),
                UserId = table.Column<Guid>(nullable: true),
                TokenHash = table.Column<byte[]>(nullable: true),
                Stamp = table.Column<string>(nullable: true),
                Epoch = table.Column<long>(),
                SessionId = table.Column<Guid>(nullable: true),
                KeepsTwoFactor = table.Column<bool>(),
                Wrong = table.Column<int>(),
                BrowserHash = table.Column<byte[]>(),
                UserAgent = table.Column<string>(maxLength: 512),
                ClientHints = table.Column<string>(maxLength: 1800, nullable: true),
                Address = table.Column<string>(maxLength: 45),
                ReturnTo = table.Column<string>(maxLength: 1000, nullable: true),
                AskedAt = table.Column<long>(),
                ExpiresAt = table.Column<long>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_EmailLinks", row => row.Id);
                table.ForeignKey("FK_EmailLinks_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_EmailLinks_Token", "EmailLinks", "TokenHash", unique: true, filter: "\"TokenHash\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_EmailLinks_User", "EmailLinks", ["UserId", "Purpose"], filter: "\"UserId\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_EmailLinks_Expiry", "EmailLinks", "ExpiresAt");
    }
}
