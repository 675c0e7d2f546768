using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>
/// Two-factor: authenticator apps, recovery codes, trusted browsers, and sign-ins that wait for their second step. And how users were verified when
/// they confirmed who they are.
/// </summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0017_TwoFactor" + MigrationIds.Expand)]
internal sealed class M0017_TwoFactor : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("TwoFactorResetAt", "Users", nullable: true);
        migrationBuilder.CreateIndex("IX_Users_TwoFactorReset", "Users", "TwoFactorResetAt", filter: "\"TwoFactorResetAt\" IS NOT NULL");
        migrationBuilder.AddColumn<int>("NextKeyMethods", "Sessions", nullable: true);
        migrationBuilder.AddColumn<int>("ReauthenticatedMethods", "Sessions", nullable: true);

        migrationBuilder.CreateTable(
            "Authenticators",
            table => new
            {
                UserId = table.Column<Guid>(),
                Key = table.Column<byte[]>(),
                KeyId = table.Column<string>(maxLength: 8, nullable: true),
                SessionId = table.Column<Guid>(),
                MadeAt = table.Column<long>(),
                ConfirmedAt = table.Column<long>(nullable: true),
                LastStep = table.Column<long>(),
                WrongCodes = table.Column<int>(),
                WrongSince = table.Column<long>(nullable: true),
                RecoverySalt = table.Column<byte[]>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Authenticators", row => row.UserId);
                table.ForeignKey("FK_Authenticators_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            "RecoveryCodes",
            table => new { UserId = table.Column<Guid>(), Hash = table.Column<byte[]>() },
            constraints: table =>
            {
                table.PrimaryKey("PK_RecoveryCodes", row => new { row.UserId, row.Hash });
                table.ForeignKey("FK_RecoveryCodes_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            "TrustedBrowsers",
            table => new
            {
                Id = table.Column<Guid>(),
                UserId = table.Column<Guid>(),
                TokenHash = table.Column<byte[]>(),
                BrowserHash = table.Column<byte[]>(),
                Epoch = table.Column<long>(),
                TrustedAt = table.Column<long>(),
                ExpiresAt = table.Column<long>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_TrustedBrowsers", row => row.Id);
                table.ForeignKey("FK_TrustedBrowsers_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_TrustedBrowsers_User", "TrustedBrowsers", ["UserId", "BrowserHash"], unique: true);
        migrationBuilder.CreateIndex("IX_TrustedBrowsers_Expiry", "TrustedBrowsers", "ExpiresAt");

        migrationBuilder.CreateTable(
            "PendingSignIns",
            table => new
            {
                TokenHash = table.Column<byte[]>(),
                UserId = table.Column<Guid>(),
                BrowserHash = table.Column<byte[]>(),
                Stamp = table.Column<string>(),
                Epoch = table.Column<long>(),
                Methods = table.Column<int>(),
                Remember = table.Column<bool>(),
                NewPasswordHash = table.Column<string>(nullable: true),
                KeepsAccount = table.Column<bool>(),
                ExpiresAt = table.Column<long>(),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_PendingSignIns", row => row.TokenHash);
                table.ForeignKey("FK_PendingSignIns_Users_UserId", row => row.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_PendingSignIns_User", "PendingSignIns", ["UserId", "BrowserHash"], unique: true);
        migrationBuilder.CreateIndex("IX_PendingSignIns_Expiry", "PendingSignIns", "ExpiresAt");
    }
}
