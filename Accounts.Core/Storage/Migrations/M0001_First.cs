using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Accounts.Core.Storage.Migrations;

/// <summary>
/// The first tables. Written by hand with hardly any store types, so that it works on every engine. A test compares it with the model.
/// </summary>
[DbContext(typeof(AccountsDbContext))]
[Migration("0001_First")]
internal sealed class M0001_First : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        Identity(migrationBuilder);
        Sessions(migrationBuilder);

        migrationBuilder.CreateTable(
            "AuditEvents",
            t => new
            {
                Id = t.Column<Guid>(),
                At = t.Column<long>(),
                Action = t.Column<string>(maxLength: 64),
                UserId = t.Column<Guid>(),
                ActorUserId = t.Column<Guid>(nullable: true),
                ActorSessionId = t.Column<Guid>(nullable: true),
                SessionId = t.Column<Guid>(nullable: true),
                Count = t.Column<int>(nullable: true),
                Address = t.Column<string>(maxLength: 45, nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_AuditEvents", e => e.Id));
        migrationBuilder.CreateIndex("IX_AuditEvents_User", "AuditEvents", ["UserId", "At"]);

        migrationBuilder.CreateTable(
            "DataProtectionKeys",
            t => new
            {
                Id = t.Column<int>().CountedUp(),
                FriendlyName = t.Column<string>(),
                Xml = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_DataProtectionKeys", k => k.Id));
    }

    private static void Sessions(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "Sessions",
            t => new
            {
                Id = t.Column<Guid>(),
                UserId = t.Column<Guid>(),
                KeyHash = t.Column<byte[]>(),
                BrowserHash = t.Column<byte[]>(),
                StartedAt = t.Column<long>(),
                LastActivityAt = t.Column<long>(),
                ExpiresAt = t.Column<long>(),
                Remembered = t.Column<bool>(),
                Method = t.Column<int>(),
                UserAgent = t.Column<string>(maxLength: 512),
                SignInAddress = t.Column<string>(maxLength: 45),
                LastAddress = t.Column<string>(maxLength: 45),
                PagesVisited = t.Column<int>(),
                EndedAt = t.Column<long>(nullable: true),
                EndReason = t.Column<int>(nullable: true),
                EndedByUserId = t.Column<Guid>(nullable: true),
                EndedBySessionId = t.Column<Guid>(nullable: true),
                LeftAt = t.Column<long>(nullable: true),
            },
            constraints: t =>
            {
                t.PrimaryKey("PK_Sessions", s => s.Id);
                t.ForeignKey("FK_Sessions_Users_UserId", s => s.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_Sessions_Browser", "Sessions", ["UserId", "BrowserHash"], unique: true, filter: "\"EndedAt\" IS NULL");
        migrationBuilder.CreateIndex("IX_Sessions_Live", "Sessions", ["UserId", "ExpiresAt"], filter: "\"EndedAt\" IS NULL");
        migrationBuilder.CreateIndex("IX_Sessions_History", "Sessions", ["UserId", "StartedAt"]);
        migrationBuilder.CreateIndex("IX_Sessions_Expiry", "Sessions", "ExpiresAt", filter: "\"EndedAt\" IS NULL");
    }

    private static void Identity(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "Roles",
            t => new
            {
                Id = t.Column<Guid>(),
                Name = t.Column<string>(maxLength: 256, nullable: true),
                NormalizedName = t.Column<string>(maxLength: 256, nullable: true),
                ConcurrencyStamp = t.Column<string>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_Roles", r => r.Id));
        migrationBuilder.CreateIndex("RoleNameIndex", "Roles", "NormalizedName", unique: true);

        migrationBuilder.CreateTable(
            "Users",
            t => new
            {
                Id = t.Column<Guid>(),
                DisplayName = t.Column<string>(maxLength: 100),
                UserName = t.Column<string>(maxLength: 256, nullable: true),
                NormalizedUserName = t.Column<string>(maxLength: 256, nullable: true),
                Email = t.Column<string>(maxLength: 256, nullable: true),
                NormalizedEmail = t.Column<string>(maxLength: 256, nullable: true),
                EmailConfirmed = t.Column<bool>(),
                PasswordHash = t.Column<string>(nullable: true),
                SecurityStamp = t.Column<string>(nullable: true),
                ConcurrencyStamp = t.Column<string>(nullable: true),
                PhoneNumber = t.Column<string>(maxLength: 256, nullable: true),
                PhoneNumberConfirmed = t.Column<bool>(),
                TwoFactorEnabled = t.Column<bool>(),
                LockoutEnd = t.Column<long>(nullable: true),
                LockoutEnabled = t.Column<bool>(),
                AccessFailedCount = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_Users", u => u.Id));
        migrationBuilder.CreateIndex("EmailIndex", "Users", "NormalizedEmail");
        migrationBuilder.CreateIndex("UserNameIndex", "Users", "NormalizedUserName", unique: true);

        migrationBuilder.CreateTable(
            "RoleClaims",
            t => new
            {
                Id = t.Column<int>().CountedUp(),
                RoleId = t.Column<Guid>(),
                ClaimType = t.Column<string>(nullable: true),
                ClaimValue = t.Column<string>(nullable: true),
            },
            constraints: t =>
            {
                t.PrimaryKey("PK_RoleClaims", c => c.Id);
                t.ForeignKey("FK_RoleClaims_Roles_RoleId", c => c.RoleId, "Roles", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_RoleClaims_RoleId", "RoleClaims", "RoleId");

        migrationBuilder.CreateTable(
            "UserClaims",
            t => new
            {
                Id = t.Column<int>().CountedUp(),
                UserId = t.Column<Guid>(),
                ClaimType = t.Column<string>(nullable: true),
                ClaimValue = t.Column<string>(nullable: true),
            },
            constraints: t =>
            {
                t.PrimaryKey("PK_UserClaims", c => c.Id);
                t.ForeignKey("FK_UserClaims_Users_UserId", c => c.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_UserClaims_UserId", "UserClaims", "UserId");

        migrationBuilder.CreateTable(
            "UserLogins",
            t => new
            {
                LoginProvider = t.Column<string>(maxLength: 128),
                ProviderKey = t.Column<string>(maxLength: 128),
                ProviderDisplayName = t.Column<string>(nullable: true),
                UserId = t.Column<Guid>(),
            },
            constraints: t =>
            {
                t.PrimaryKey("PK_UserLogins", l => new { l.LoginProvider, l.ProviderKey });
                t.ForeignKey("FK_UserLogins_Users_UserId", l => l.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_UserLogins_UserId", "UserLogins", "UserId");

        migrationBuilder.CreateTable(
            "UserPasskeys",
            t => new
            {
                CredentialId = t.Column<byte[]>(maxLength: 1024),
                UserId = t.Column<Guid>(),
                Data = t.Column<string>(type: migrationBuilder.IsPostgreSql() ? "jsonb" : null),
            },
            constraints: t =>
            {
                t.PrimaryKey("PK_UserPasskeys", p => p.CredentialId);
                t.ForeignKey("FK_UserPasskeys_Users_UserId", p => p.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_UserPasskeys_UserId", "UserPasskeys", "UserId");

        migrationBuilder.CreateTable(
            "UserRoles",
            t => new { UserId = t.Column<Guid>(), RoleId = t.Column<Guid>() },
            constraints: t =>
            {
                t.PrimaryKey("PK_UserRoles", r => new { r.UserId, r.RoleId });
                t.ForeignKey("FK_UserRoles_Roles_RoleId", r => r.RoleId, "Roles", "Id", onDelete: ReferentialAction.Cascade);
                t.ForeignKey("FK_UserRoles_Users_UserId", r => r.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("IX_UserRoles_RoleId", "UserRoles", "RoleId");

        migrationBuilder.CreateTable(
            "UserTokens",
            t => new
            {
                UserId = t.Column<Guid>(),
                LoginProvider = t.Column<string>(maxLength: 128),
                Name = t.Column<string>(maxLength: 128),
                Value = t.Column<string>(nullable: true),
            },
            constraints: t =>
            {
                t.PrimaryKey("PK_UserTokens", k => new { k.UserId, k.LoginProvider, k.Name });
                t.ForeignKey("FK_UserTokens_Users_UserId", k => k.UserId, "Users", "Id", onDelete: ReferentialAction.Cascade);
            });
    }
}
