using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>Accounts that are linked to ones at providers, and what is remembered of the ways there and of the sessions.</summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0020_Providers" + MigrationIds.Expand)]
internal sealed class M0020_Providers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "LinkedAccounts",
            table => new
            {
                Id = table.Column<Guid>(),
                UserId = table.Column<Guid>(),
                Provider = table.Column<string>(maxLength: 32),
                Issuer = table.Column<string>(maxLength: 500),
                Subject = table.Column<string>(maxLength: 255),
                Email = table.Column<string>(maxLength: 254, nullable: true),
                LinkedAt = table.Column<long>(),
                LastUsedAt = table.Column<long>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_LinkedAccounts", row => row.Id);
                table.ForeignKey("FK_LinkedAccounts_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_LinkedAccounts_Subject", "LinkedAccounts", ["Issuer", "Subject"], unique: true);
        migrationBuilder.CreateIndex("IX_LinkedAccounts_User", "LinkedAccounts", "UserId");

        migrationBuilder.CreateTable(
            "ProviderSessions",
            table => new
            {
                SessionId = table.Column<Guid>(),
                Issuer = table.Column<string>(maxLength: 500),
                Subject = table.Column<string>(maxLength: 255),
                Sid = table.Column<string>(maxLength: 255, nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_ProviderSessions", row => row.SessionId);
                table.ForeignKey(
                    "FK_ProviderSessions_Sessions_SessionId", row => row.SessionId, "Sessions", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_ProviderSessions_Subject", "ProviderSessions", ["Issuer", "Subject"]);
        migrationBuilder.CreateIndex("IX_ProviderSessions_Sid", "ProviderSessions", ["Issuer", "Sid"], filter: "\"Sid\" IS NOT NULL");

        migrationBuilder.CreateTable(
            "ProviderRequests",
            table => new
            {
                TokenHash = table.Column<byte[]>(),
                Purpose = table.Column<int>(),
                Provider = table.Column<string>(maxLength: 32),
                BrowserHash = table.Column<byte[]>(),
                UserId = table.Column<Guid>(nullable: true),
                SessionId = table.Column<Guid>(nullable: true),
                Stamp = table.Column<string>(nullable: true),
                Epoch = table.Column<long>(),
                ReturnTo = table.Column<string>(maxLength: 1000, nullable: true),
                KeepsAccount = table.Column<bool>(),
                AskedAt = table.Column<long>(),
                ExpiresAt = table.Column<long>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_ProviderRequests", row => row.TokenHash);
                table.ForeignKey("FK_ProviderRequests_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_ProviderRequests_User", "ProviderRequests", "UserId", filter: "\"UserId\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_ProviderRequests_Expiry", "ProviderRequests", "ExpiresAt");

        migrationBuilder.CreateTable(
            "LogoutTokens",
            table => new
            {
                TokenHash = table.Column<byte[]>(),
                SidHash = table.Column<byte[]>(nullable: true),
                SubjectHash = table.Column<byte[]>(nullable: true),
                ReceivedAt = table.Column<long>(),
                ExpiresAt = table.Column<long>(),
            },
            constraints: table => table.PrimaryKey("PK_LogoutTokens", row => row.TokenHash));
        migrationBuilder.CreateIndex("IX_LogoutTokens_Sid", "LogoutTokens", "SidHash", filter: "\"SidHash\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_LogoutTokens_Subject", "LogoutTokens", "SubjectHash", filter: "\"SubjectHash\" IS NOT NULL");
        migrationBuilder.CreateIndex("IX_LogoutTokens_Expiry", "LogoutTokens", "ExpiresAt");

        migrationBuilder.AddColumn<string>("ProviderIssuer", "PendingSignIns", maxLength: 500, nullable: true);
        migrationBuilder.AddColumn<string>("ProviderSubject", "PendingSignIns", maxLength: 255, nullable: true);
        migrationBuilder.AddColumn<string>("ProviderSid", "PendingSignIns", maxLength: 255, nullable: true);
        migrationBuilder.CreateIndex(
            "IX_PendingSignIns_Provider", "PendingSignIns", ["ProviderIssuer", "ProviderSubject"], filter: "\"ProviderIssuer\" IS NOT NULL");
        migrationBuilder.CreateIndex(
            "IX_PendingSignIns_Sid", "PendingSignIns", ["ProviderIssuer", "ProviderSid"], filter: "\"ProviderSid\" IS NOT NULL");
    }
}
