using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.Manager;
using Accounts.Core.Passkeys;
using Accounts.Core.Providers;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Support;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Storage;

/// <summary>The tables. Each operation has its own context; see <see cref="AccountsDatabase"/>.</summary>
internal sealed class AccountsDbContext(DbContextOptions<AccountsDbContext> options, DatabaseEngine engine)
    : IdentityDbContext<User, IdentityRole<Guid>, Guid>(options)
{
    /// <inheritdoc cref="DatabaseEngine.RowLock"/>
    public string RowLock => engine.RowLock;

    /// <inheritdoc cref="DatabaseEngine.SharedRowLock"/>
    public string SharedRowLock => engine.SharedRowLock;

    /// <inheritdoc cref="DatabaseEngine.ByteOrder"/>
    public string ByteOrder => engine.ByteOrder;

    /// <summary>Whether this context may write: only one that has its turn, or a database for itself. See <see cref="WriteGuard"/>.</summary>
    public bool MayWrite { get; set; }

    public DbSet<InstallationRow> Installation => Set<InstallationRow>();

    public DbSet<MassEndingRow> MassEndings => Set<MassEndingRow>();

    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    public DbSet<AuthenticatorRow> Authenticators => Set<AuthenticatorRow>();

    public DbSet<RecoveryCodeRow> RecoveryCodes => Set<RecoveryCodeRow>();

    public DbSet<TrustedBrowserRow> TrustedBrowsers => Set<TrustedBrowserRow>();

    public DbSet<PendingSignInRow> PendingSignIns => Set<PendingSignInRow>();

    public DbSet<SupportCodeRow> SupportCodes => Set<SupportCodeRow>();

    public DbSet<RefusedAttemptRow> RefusedAttempts => Set<RefusedAttemptRow>();

    public DbSet<AuditEventRow> AuditEvents => Set<AuditEventRow>();

    public DbSet<AuditDetailsRow> AuditDetails => Set<AuditDetailsRow>();

    public DbSet<PasskeyCeremonyRow> PasskeyCeremonies => Set<PasskeyCeremonyRow>();

    public DbSet<LinkedAccountRow> LinkedAccounts => Set<LinkedAccountRow>();

    public DbSet<ProviderSessionRow> ProviderSessions => Set<ProviderSessionRow>();

    public DbSet<ProviderRequestRow> ProviderRequests => Set<ProviderRequestRow>();

    public DbSet<LogoutTokenRow> LogoutTokens => Set<LogoutTokenRow>();

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    public DbSet<EmailLinkRow> EmailLinks => Set<EmailLinkRow>();

    public DbSet<DataProtectionKeyRow> DataProtectionKeys => Set<DataProtectionKeyRow>();

    /// <summary>Removes every way to sign in to an account but its password and its email: passkeys and linked accounts.</summary>
    public async Task RemoveOtherWaysInAsync(Guid user)
    {
        await UserPasskeys.Where(p => p.UserId == user).ExecuteDeleteAsync();
        await LinkedAccounts.Where(l => l.UserId == user).ExecuteDeleteAsync();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions) =>
        conventions.Properties<DateTimeOffset>().HaveConversion<Microseconds>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);

        model.Entity<User>(user =>
        {
            user.ToTable("Users");
            user.Property(u => u.DisplayName).HasMaxLength(User.NameLimit * TypedText.UnitsPerCharacter);
            user.Property(u => u.Plan).HasMaxLength(FeatureOptions.PlanLimit);
            user.Property(u => u.ExternalId).HasMaxLength(User.ExternalIdLimit);
            user.Property(u => u.NameKey).HasMaxLength(NameKey.Limit);
            user.Property(u => u.LastNameKey).HasMaxLength(NameKey.Limit);
            // For finding accounts by the beginning of a name.
            user.HasIndex(u => new { u.NameKey, u.Id }, "IX_Users_NameKey");
            user.HasIndex(u => new { u.LastNameKey, u.Id }, "IX_Users_LastNameKey").HasFilter("\"LastNameKey\" IS NOT NULL");
            // For the list of users in each of its orders: all of them, those of a plan, and the few that are closed.
            user.HasIndex(u => new { u.NormalizedEmail, u.Id }, "IX_Users_Email").InByteOrder("C", null);
            user.HasIndex(u => new { u.Plan, u.NameKey, u.Id }, "IX_Users_PlanName").HasFilter("\"Plan\" IS NOT NULL");
            user.HasIndex(u => new { u.Plan, u.NormalizedEmail, u.Id }, "IX_Users_PlanEmail").HasFilter("\"Plan\" IS NOT NULL")
                .InByteOrder(null, "C", null);
            user.HasIndex(u => new { u.Plan, u.Id }, "IX_Users_Plan").HasFilter("\"Plan\" IS NOT NULL");
            user.HasIndex(u => new { u.NameKey, u.Id }, "IX_Users_ClosedName").HasFilter(UserIndexes.Closed);
            user.HasIndex(u => new { u.NormalizedEmail, u.Id }, "IX_Users_ClosedEmail").HasFilter(UserIndexes.Closed).InByteOrder("C", null);
            user.HasIndex(u => u.Id, "IX_Users_Closed").HasFilter(UserIndexes.Closed);
            user.Property(u => u.NewPasswordRequired).HasDefaultValue(false);
            user.Property(u => u.DeletedByOwner).HasDefaultValue(false);
            user.Ignore(u => u.IsOpen);
            user.Ignore(u => u.Since);
            // For deleting accounts that are due.
            user.HasIndex(u => u.DeletionDueAt, "IX_Users_DeletionDue").HasFilter("\"DeletionDueAt\" IS NOT NULL");
            // For resets of two-factor that are due.
            user.HasIndex(u => u.TwoFactorResetAt, "IX_Users_TwoFactorReset").HasFilter("\"TwoFactorResetAt\" IS NOT NULL");
            user.HasIndex(u => u.ExternalId, "IX_Users_ExternalId").IsUnique().HasFilter("\"ExternalId\" IS NOT NULL");
        });
        model.Entity<IdentityRole<Guid>>().ToTable("Roles");
        model.Entity<IdentityUserRole<Guid>>().ToTable("UserRoles");
        model.Entity<IdentityUserClaim<Guid>>().ToTable("UserClaims");
        model.Entity<IdentityRoleClaim<Guid>>().ToTable("RoleClaims");
        model.Entity<IdentityUserLogin<Guid>>().ToTable("UserLogins");
        model.Entity<IdentityUserToken<Guid>>().ToTable("UserTokens");
        model.Entity<IdentityUserPasskey<Guid>>(passkey =>
        {
            passkey.ToTable("UserPasskeys");
            passkey.Property<DateTimeOffset?>(PasskeyRows.LastUsedAt);
        });

        model.Entity<InstallationRow>(installation =>
        {
            installation.ToTable("Installation");
            installation.HasKey(i => i.Id);
            installation.Property(i => i.Id).ValueGeneratedNever();
        });

        model.Entity<MassEndingRow>(ending =>
        {
            ending.ToTable("MassEndings");
            ending.HasKey(e => e.Id);
            ending.Property(e => e.Id).ValueGeneratedNever();
            ending.Property(e => e.Reason).HasMaxLength(AuditEventRow.ReasonLimit);
        });

        model.Entity<SessionRow>(session =>
        {
            session.ToTable("Sessions");
            session.HasKey(s => s.Id);
            session.Property(s => s.Id).ValueGeneratedNever();
            session.Property(s => s.Kind).HasDefaultValue(SessionKind.Browser).HasSentinel(SessionKind.Browser);
            session.Property(s => s.Epoch).HasDefaultValue(0L);
            session.Property(s => s.Methods).HasColumnName("Method");
            session.Property(s => s.UserAgent).HasMaxLength(Devices.DeviceSignals.UserAgentLimit);
            session.Property(s => s.ClientHints).HasMaxLength(Devices.ClientHints.TextLimit);
            session.Property(s => s.SignInCountry).HasMaxLength(2);
            session.Property(s => s.Name).HasMaxLength(RenameSessionInput.NameUnits);
            session.Property(s => s.ActorName).HasMaxLength(User.NameLimit * TypedText.UnitsPerCharacter);
            session.Property(s => s.Reason).HasMaxLength(ReasonInput.Units);
            session.Property(s => s.NewBrowser).HasDefaultValue(false);
            session.Property(s => s.NewCountry).HasDefaultValue(false);
            session.Property(s => s.SignInAddress).HasMaxLength(45);
            session.Property(s => s.LastAddress).HasMaxLength(45);
            session.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);

            // One live session per user and browser: the next sign-in there replaces it.
            session.HasIndex(s => new { s.UserId, s.BrowserHash }, "IX_Sessions_Browser").IsUnique().HasFilter("\"EndedAt\" IS NULL");
            // For the Session manager's list. A long history doesn't slow it down.
            session.HasIndex(s => new { s.UserId, s.ExpiresAt }, "IX_Sessions_Live").HasFilter("\"EndedAt\" IS NULL");
            // For the history, newest first.
            session.HasIndex(s => new { s.UserId, s.StartedAt }, "IX_Sessions_History");
            // For ending expired sessions.
            session.HasIndex(s => s.ExpiresAt, "IX_Sessions_Expiry").HasFilter("\"EndedAt\" IS NULL");
            // For ending a member of staff's views with the session they began in, and with the role.
            session.HasIndex(s => s.ParentSessionId, "IX_Sessions_Parent").HasFilter("\"EndedAt\" IS NULL AND \"ParentSessionId\" IS NOT NULL");
            session.HasIndex(s => s.ActorUserId, "IX_Sessions_Actor").HasFilter("\"EndedAt\" IS NULL AND \"ActorUserId\" IS NOT NULL");
            // For ending the sessions of earlier epochs.
            session.HasIndex(s => new { s.Epoch, s.UserId }, "IX_Sessions_Epoch").HasFilter("\"EndedAt\" IS NULL");
            // For finding accounts by an address.
            session.HasIndex(s => new { s.LastAddress, s.UserId }, "IX_Sessions_LastAddress");
            session.HasIndex(s => new { s.SignInAddress, s.UserId }, "IX_Sessions_SignInAddress");
            // For retention. A row leaves these indexes when its work is done.
            session.HasIndex(s => s.WholeAddressSince, "IX_Sessions_WholeAddress").HasFilter("\"WholeAddressSince\" IS NOT NULL");
            session.HasIndex(s => s.EndedAt, "IX_Sessions_Ended").HasFilter("\"EndedAt\" IS NOT NULL");
        });

        model.Entity<AuthenticatorRow>(authenticator =>
        {
            authenticator.ToTable("Authenticators");
            authenticator.HasKey(a => a.UserId);
            authenticator.Property(a => a.UserId).ValueGeneratedNever();
            authenticator.Property(a => a.KeyId).HasMaxLength(8);
            authenticator.HasOne<User>().WithMany().HasForeignKey(a => a.UserId).OnDelete(DeleteBehavior.Cascade);
        });

        model.Entity<RecoveryCodeRow>(code =>
        {
            code.ToTable("RecoveryCodes");
            code.HasKey(c => new { c.UserId, c.Hash });
            code.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
        });

        model.Entity<TrustedBrowserRow>(trusted =>
        {
            trusted.ToTable("TrustedBrowsers");
            trusted.HasKey(t => t.Id);
            trusted.Property(t => t.Id).ValueGeneratedNever();
            trusted.HasOne<User>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
            trusted.HasIndex(t => new { t.UserId, t.BrowserHash }, "IX_TrustedBrowsers_User").IsUnique();
            trusted.HasIndex(t => t.ExpiresAt, "IX_TrustedBrowsers_Expiry");
        });

        model.Entity<PendingSignInRow>(pending =>
        {
            pending.ToTable("PendingSignIns");
            pending.HasKey(p => p.TokenHash);
            pending.HasOne<User>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
            // One for each browser: the next sign-in there replaces it.
            pending.HasIndex(p => new { p.UserId, p.BrowserHash }, "IX_PendingSignIns_User").IsUnique();
            pending.HasIndex(p => p.ExpiresAt, "IX_PendingSignIns_Expiry");
            pending.Property(p => p.ProviderIssuer).HasMaxLength(ProviderIdentity.IssuerLimit);
            pending.Property(p => p.ProviderSubject).HasMaxLength(ProviderIdentity.SubjectLimit);
            pending.Property(p => p.ProviderSid).HasMaxLength(ProviderIdentity.SubjectLimit);
            // For a provider that ends its session meanwhile.
            pending.HasIndex(p => new { p.ProviderIssuer, p.ProviderSubject }, "IX_PendingSignIns_Provider")
                .HasFilter("\"ProviderIssuer\" IS NOT NULL");
            pending.HasIndex(p => new { p.ProviderIssuer, p.ProviderSid }, "IX_PendingSignIns_Sid").HasFilter("\"ProviderSid\" IS NOT NULL");
        });

        model.Entity<SupportCodeRow>(code =>
        {
            code.ToTable("SupportCodes");
            code.HasKey(c => c.Code);
            code.Property(c => c.Code).HasMaxLength(SupportCode.Length).ValueGeneratedNever();
            code.HasOne<SessionRow>().WithMany().HasForeignKey(c => c.SessionId).OnDelete(DeleteBehavior.Cascade);
            code.HasIndex(c => new { c.SessionId, c.ExpiresAt }, "IX_SupportCodes_Session");
            code.HasIndex(c => c.ExpiresAt, "IX_SupportCodes_Expiry");
        });

        model.Entity<RefusedAttemptRow>(attempt =>
        {
            attempt.ToTable("RefusedAttempts");
            attempt.HasKey(r => r.Id);
            attempt.Property(r => r.Id).ValueGeneratedNever();
            attempt.Property(r => r.Address).HasMaxLength(RefusedAttemptRow.AddressLimit);
            attempt.Property(r => r.UserAgent).HasMaxLength(Devices.DeviceSignals.UserAgentLimit);
            attempt.Property(r => r.ClientHints).HasMaxLength(Devices.ClientHints.TextLimit);
            attempt.HasOne<User>().WithMany().HasForeignKey(r => r.UserId).OnDelete(DeleteBehavior.Cascade);
            // For an account's latest ones.
            attempt.HasIndex(r => new { r.UserId, r.At }, "IX_RefusedAttempts_User");
            // For retention.
            attempt.HasIndex(r => r.At, "IX_RefusedAttempts_At");
            attempt.HasIndex(r => r.WholeAddressSince, "IX_RefusedAttempts_WholeAddress").HasFilter("\"WholeAddressSince\" IS NOT NULL");
        });

        model.Entity<AuditEventRow>(audit =>
        {
            audit.ToTable("AuditEvents");
            audit.HasKey(e => e.Id);
            audit.Property(e => e.Id).ValueGeneratedNever();
            audit.Property(e => e.Action).HasMaxLength(64);
            audit.Property(e => e.Kind).HasDefaultValue(CallerKind.Browser).HasSentinel(CallerKind.Browser);
            audit.Property(e => e.Reason).HasMaxLength(AuditEventRow.ReasonLimit);
            audit.Property(e => e.Value).HasMaxLength(AuditEventRow.ValueLimit);
            audit.HasOne(e => e.Details).WithOne().HasForeignKey<AuditDetailsRow>(d => d.EventId).OnDelete(DeleteBehavior.Restrict);
            audit.HasIndex(e => new { e.UserId, e.At }, "IX_AuditEvents_User");
            // For erasing a person from the logs of others.
            audit.HasIndex(e => new { e.OnUserId, e.At, e.Id }, "IX_AuditEvents_On").HasFilter("\"OnUserId\" IS NOT NULL");
            audit.HasIndex(e => new { e.ActorUserId, e.At, e.Id }, "IX_AuditEvents_Actor").HasFilter("\"OnUserId\" IS NOT NULL");
        });

        model.Entity<AuditDetailsRow>(details =>
        {
            details.ToTable("AuditDetails");
            details.HasKey(d => d.EventId);
            details.Property(d => d.ActorName).HasMaxLength(RenameSessionInput.NameUnits);
            details.Property(d => d.ActorDevice).HasMaxLength(AuditDetailsRow.DeviceLimit);
            details.Property(d => d.SessionName).HasMaxLength(RenameSessionInput.NameUnits);
            details.Property(d => d.SessionDevice).HasMaxLength(AuditDetailsRow.DeviceLimit);
            details.Property(d => d.Address).HasMaxLength(45).HasField("_address").UsePropertyAccessMode(PropertyAccessMode.Field);
            details.HasIndex(d => d.WholeAddressSince, "IX_AuditDetails_WholeAddress").HasFilter("\"WholeAddressSince\" IS NOT NULL");
        });

        model.Entity<PasskeyCeremonyRow>(ceremony =>
        {
            ceremony.ToTable("PasskeyCeremonies");
            ceremony.HasKey(c => c.IdHash);
            ceremony.Property(c => c.IdHash).ValueGeneratedNever();
            ceremony.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
            // For deleting an account.
            ceremony.HasIndex(c => c.UserId, "IX_PasskeyCeremonies_User").HasFilter("\"UserId\" IS NOT NULL");
            // For retention.
            ceremony.HasIndex(c => c.ExpiresAt, "IX_PasskeyCeremonies_Expiry");
        });

        model.Entity<LinkedAccountRow>(linked =>
        {
            linked.ToTable("LinkedAccounts");
            linked.HasKey(l => l.Id);
            linked.Property(l => l.Id).ValueGeneratedNever();
            linked.Property(l => l.Provider).HasMaxLength(LinkedAccountRow.ProviderLimit);
            linked.Property(l => l.Issuer).HasMaxLength(ProviderIdentity.IssuerLimit);
            linked.Property(l => l.Subject).HasMaxLength(ProviderIdentity.SubjectLimit);
            linked.Property(l => l.Email).HasMaxLength(LinkedAccountRow.EmailLimit);
            linked.HasOne<User>().WithMany().HasForeignKey(l => l.UserId).OnDelete(DeleteBehavior.Cascade);
            // An account at a provider belongs to one account here.
            linked.HasIndex(l => new { l.Issuer, l.Subject }, "IX_LinkedAccounts_Subject").IsUnique();
            linked.HasIndex(l => l.UserId, "IX_LinkedAccounts_User");
        });

        model.Entity<ProviderSessionRow>(session =>
        {
            session.ToTable("ProviderSessions");
            session.HasKey(s => s.SessionId);
            session.Property(s => s.SessionId).ValueGeneratedNever();
            session.Property(s => s.Issuer).HasMaxLength(ProviderIdentity.IssuerLimit);
            session.Property(s => s.Subject).HasMaxLength(ProviderIdentity.SubjectLimit);
            session.Property(s => s.Sid).HasMaxLength(ProviderIdentity.SubjectLimit);
            session.HasOne<SessionRow>().WithMany().HasForeignKey(s => s.SessionId).OnDelete(DeleteBehavior.Cascade);
            // For endings by the provider.
            session.HasIndex(s => new { s.Issuer, s.Subject }, "IX_ProviderSessions_Subject");
            session.HasIndex(s => new { s.Issuer, s.Sid }, "IX_ProviderSessions_Sid").HasFilter("\"Sid\" IS NOT NULL");
        });

        model.Entity<ProviderRequestRow>(request =>
        {
            request.ToTable("ProviderRequests");
            request.HasKey(r => r.TokenHash);
            request.Property(r => r.TokenHash).ValueGeneratedNever();
            request.Property(r => r.Provider).HasMaxLength(LinkedAccountRow.ProviderLimit);
            request.Property(r => r.ReturnTo).HasMaxLength(ProviderRequestRow.ReturnToLimit);
            request.HasOne<User>().WithMany().HasForeignKey(r => r.UserId).OnDelete(DeleteBehavior.Cascade);
            // For deleting an account.
            request.HasIndex(r => r.UserId, "IX_ProviderRequests_User").HasFilter("\"UserId\" IS NOT NULL");
            // For retention.
            request.HasIndex(r => r.ExpiresAt, "IX_ProviderRequests_Expiry");
        });

        model.Entity<LogoutTokenRow>(token =>
        {
            token.ToTable("LogoutTokens");
            token.HasKey(t => t.TokenHash);
            token.Property(t => t.TokenHash).ValueGeneratedNever();
            // For sign-ins that are half way.
            token.HasIndex(t => t.SidHash, "IX_LogoutTokens_Sid").HasFilter("\"SidHash\" IS NOT NULL");
            token.HasIndex(t => t.SubjectHash, "IX_LogoutTokens_Subject").HasFilter("\"SubjectHash\" IS NOT NULL");
            // For retention.
            token.HasIndex(t => t.ExpiresAt, "IX_LogoutTokens_Expiry");
        });

        model.Entity<OutboxRow>(outbox =>
        {
            outbox.ToTable("Outbox");
            outbox.HasKey(o => o.Id);
            outbox.Property(o => o.Id).ValueGeneratedNever();
            outbox.Property(o => o.Detail).HasMaxLength(OutboxRow.DetailLimit);
            outbox.HasOne<User>().WithMany().HasForeignKey(o => o.UserId).OnDelete(DeleteBehavior.Cascade);
            // For sending.
            outbox.HasIndex(o => o.DueAt, "IX_Outbox_Due").HasFilter("\"FinishedAt\" IS NULL");
            // For the limit per recipient.
            outbox.HasIndex(o => new { o.RecipientHash, o.FinishedAt }, "IX_Outbox_Recipient").HasFilter("\"RecipientHash\" IS NOT NULL");
            // For retention, and for what failed.
            outbox.HasIndex(o => new { o.FinishedAt, o.End }, "IX_Outbox_Finished").HasFilter("\"FinishedAt\" IS NOT NULL");
            // For deleting an account.
            outbox.HasIndex(o => o.UserId, "IX_Outbox_User").HasFilter("\"UserId\" IS NOT NULL");
        });

        model.Entity<EmailLinkRow>(link =>
        {
            link.ToTable("EmailLinks");
            link.HasKey(l => l.Id);
            link.Property(l => l.Id).ValueGeneratedNever();
            link.Property(l => l.Email).HasMaxLength(EmailLinkRow.EmailLimit);
            link.Property(l => l.Name).HasMaxLength(User.NameLimit * TypedText.UnitsPerCharacter);
            link.Property(l => l.UserAgent).HasMaxLength(Devices.DeviceSignals.UserAgentLimit);
            link.Property(l => l.ClientHints).HasMaxLength(Devices.ClientHints.TextLimit);
            link.Property(l => l.Address).HasMaxLength(45);
            link.Property(l => l.ReturnTo).HasMaxLength(EmailLinkRow.ReturnToLimit);
            link.HasOne<User>().WithMany().HasForeignKey(l => l.UserId).OnDelete(DeleteBehavior.Cascade);
            link.HasIndex(l => l.TokenHash, "IX_EmailLinks_Token").IsUnique().HasFilter("\"TokenHash\" IS NOT NULL");
            link.HasIndex(l => new { l.UserId, l.Purpose }, "IX_EmailLinks_User").HasFilter("\"UserId\" IS NOT NULL");
            // For retention.
            link.HasIndex(l => l.ExpiresAt, "IX_EmailLinks_Expiry");
        });

        model.Entity<DataProtectionKeyRow>().ToTable("DataProtectionKeys");
    }
}
