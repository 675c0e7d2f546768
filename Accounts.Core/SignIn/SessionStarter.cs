using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.SignIn;

/// <summary>A user who has proved who they are.</summary>
/// <param name="UserId">The account. Only an external user may have none yet.</param>
/// <param name="Stamp">What the proof depends on, as it was before the proof.</param>
/// <param name="Methods">How the user was verified.</param>
/// <param name="External">The application's user, if the application keeps them itself. Its id then decides about the account.</param>
internal sealed record VerifiedUser(UserId? UserId, ProofStamp Stamp, SignInMethods Methods, ExternalUser? External = null)
{
    /// <summary>The hash of the password that the account gets with this sign-in; null if it keeps its own.</summary>
    public string? NewPasswordHash { get; init; }

    /// <summary>The hash of the emailed link that the sign-in uses up; null if it has none.</summary>
    public byte[]? LinkHash { get; init; }

    /// <summary>Whether the owner, who has deleted the account, keeps it after all.</summary>
    public bool KeepsAccount { get; init; }

    /// <summary>Whom a provider vouched for; null if none did.</summary>
    public ProviderIdentity? Provider { get; init; }

    /// <summary>When the user proved it, if that was before the sign-in; null for now.</summary>
    public DateTimeOffset? ProvedAt { get; init; }

    /// <summary>Whether the sign-in counts as a proof in the session that starts, until that is too old.</summary>
    public bool IsProof { get; init; } = true;

    /// <summary>
    /// Finds the account in the session's transaction, or makes it, and locks it. It returns null if the proof no longer holds. If not set, the
    /// account of <see cref="UserId"/> or <see cref="External"/> is the one.
    /// </summary>
    public Func<AccountsDbContext, DateTimeOffset, Task<User?>>? FindOrMake { get; init; }

    /// <summary>The second step; null if the sign-in is at its first one.</summary>
    public SecondStepProof? SecondStep { get; init; }

    /// <summary>Whether the user can be asked for the second step, if the account wants it.</summary>
    public bool OffersSecondStep { get; init; }

    /// <summary>Whether the account may start a session with this sign-in.</summary>
    public bool MayStart(User user, DateTimeOffset now) =>
        user.IsOpen || (user is { DisabledAt: null, DeletedByOwner: true } && KeepsAccount && !user.IsGone(now));
}

/// <summary>The second step of a sign-in.</summary>
/// <param name="TokenHash">The hash of the token that the browser has since the first step.</param>
/// <param name="Code">The code.</param>
/// <param name="TrustBrowser">Whether to trust the browser from now on.</param>
internal sealed record SecondStepProof(byte[] TokenHash, CodeAttempt Code, bool TrustBrowser);

/// <summary>The outcome of a start.</summary>
internal abstract record StartOutcome
{
    private StartOutcome()
    {
    }

    public sealed record Started(StartedSession Session) : StartOutcome;

    /// <summary>The account wants a second factor. The browser keeps the token until the second step.</summary>
    public sealed record SecondStepNeeded(string Token) : StartOutcome;

    /// <summary>The second step's code doesn't count.</summary>
    public sealed record WrongCode(CodeCheck Check) : StartOutcome;

    /// <summary>The proof no longer holds.</summary>
    public sealed record Void : StartOutcome;
}

/// <summary>Starts sessions. No other class does.</summary>
/// <remarks>
/// If the account has two-factor, a session starts with a passkey, in a trusted browser, or with the second step. This is the one place that
/// decides it, under the account's lock, for every way to sign in.
/// </remarks>
internal sealed class SessionStarter(
    CommandRunner commands,
    PlaceFinder places,
    SessionCounts counts,
    SecondFactor secondFactor,
    SessionOptions options,
    TwoFactorOptions twoFactor,
    TimeProvider time)
{
    /// <summary>
    /// Starts a session under the user's lock, if the proof still holds. Ending all sessions changes the account's stamp or the epoch, so a proof
    /// from before it is refused. A live session of the same user in the same browser is replaced.
    /// </summary>
    /// <remarks>If the user has the maximum number of sessions, the one that was unused for longest ends.</remarks>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing started.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing started.</exception>
    public async Task<StartOutcome> StartAsync(
        CallingBrowser browser, VerifiedUser verified, bool remember, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var id = SessionId.New(now);
        var key = SessionKey.New();
        var browserHash = browser.Id.Hash();
        var country = places.Find(browser.Address).CountryCode;

        return await commands.RunAsync<StartOutcome>(WritePriority.Ordinary, async work =>
        {
            var db = work.Db;
            var user = verified switch
            {
                { FindOrMake: { } find } => await find(db, now),
                { External: { } external } => await db.LockOrMakeAsync(external, verified.Stamp.Account, browser, now),
                _ => await db.LockUserAsync(verified.UserId!.Value),
            };
            // An account whose erasure has begun has another stamp.
            if (user is null || !verified.MayStart(user, now) || new ProofStamp(user.SecurityStamp!, await db.KeepEpochAsync()) != verified.Stamp)
                return new StartOutcome.Void();

            var owner = new UserId(user.Id);
            if (verified.LinkHash is { } link)
            {
                // Before the second step, so that nobody who lacks it tries twice.
                if (!await db.UseLinkAsync(owner, EmailLinkPurpose.SignIn, link, now))
                    return new StartOutcome.Void();
                user.EmailConfirmed = true;
            }

            var (stop, methods, trust) = await CheckSecondFactorAsync(db, user, browser, verified, remember, now);
            if (stop is not null)
                return stop;

            var ending = new Ending(Caller.InBrowser(owner, id, key.Mark(), browser.Address), now, EndReason.Replaced);
            var here = SessionSet.InBrowser(owner, browserHash);
            var crowded = await FindCrowdedAsync(db, user.Id, browserHash, now);
            // Locks what this sign-in may end, in one statement.
            await db.LockedLive(SessionSet.Some(owner, crowded).Or(here)).Select(s => s.Id).ToListAsync();
            var replaced = await work.EndAsync(ending, here);
            // An expired session that the sweep hasn't ended yet would violate the unique index.
            var expired = await work.ExpireAsync(now, here);

            // Only browsers make a browser or a country known.
            var before = db.Sessions.Where(s => s.UserId == user.Id && s.Kind == SessionKind.Browser);
            var inBrowser = before.Where(s => s.BrowserHash == browserHash);
            var latest = await inBrowser.OrderByDescending(s => s.StartedAt)
                .Select(s => new { s.Name, Since = s.BrowserSince ?? s.StartedAt })
                .FirstOrDefaultAsync();
            var row = new SessionRow
            {
                Id = id.Value,
                UserId = user.Id,
                Epoch = verified.Stamp.Epoch,
                KeyHash = key.Hash(),
                BrowserHash = browserHash,
                StartedAt = now,
                LastActivityAt = now,
                ExpiresAt = SessionLifetime.ExpiresAt(options, remember, now, now),
                Remembered = remember,
                Methods = methods,
                ReauthenticatedAt = verified.ProvedAt,
                ReauthenticatedMethods = !verified.IsProof ? SignInMethods.None : verified.ProvedAt is null ? null : methods,
                UserAgent = browser.Signals.UserAgent,
                ClientHints = browser.Signals.Hints.ToText(),
                SignInCountry = country,
                SignInAddress = browser.Address,
                LastAddress = browser.Address,
                // The browser's name stays when the user signs in again.
                Name = latest?.Name,
                BrowserSince = latest?.Since ?? now,
                // Signing in again doesn't answer the question: a browser is new while all its sign-ins are in question.
                NewBrowser = await AnyAsync(before) && await inBrowser.CountAsync() == await inBrowser.InQuestion(now).CountAsync(s => s.NewBrowser),
                NewCountry = country is not null
                    && await AnyAsync(before.Where(s => s.SignInCountry != null))
                    && !await AnyAsync(before.Where(s => s.SignInCountry == country)),
            };
            var crowdedOut = crowded.Count == 0
                ? []
                : await work.EndAsync(ending with { Reason = EndReason.LimitReached }, SessionSet.Some(owner, crowded));
            if (verified.External is not null)
                await work.UpdateAsync(user, verified.External);
            if (verified.NewPasswordHash is { } hash)
            {
                (user.PasswordHash, user.NewPasswordRequired) = (hash, false);
                user.RenewStamp();
                db.AuditEvents.Add(AuditRecord.PasswordChosen(row));
            }

            if (user.DeletionDueAt is not null)
            {
                (user.DeletionDueAt, user.DeletedByOwner) = (null, false);
                db.AuditEvents.Add(AuditRecord.AccountKept(row));
            }

            db.Sessions.Add(row);
            if (verified.Provider is { } there)
            {
                db.ProviderSessions.Add(
                    new ProviderSessionRow { SessionId = row.Id, Issuer = there.Issuer, Subject = there.Subject, Sid = there.Sid });
            }

            db.AuditEvents.AddRange(replaced.Select(gone => AuditRecord.Displaced(row, gone, AuditAction.SessionReplaced)));
            db.AuditEvents.AddRange(expired.Select(AuditRecord.Expired));
            db.AuditEvents.AddRange(crowdedOut.Select(gone => AuditRecord.Displaced(row, gone, AuditAction.SessionEndedByLimit)));
            db.AuditEvents.Add(AuditRecord.SignedIn(row));
            if (verified.SecondStep is not null && trust is not null)
                db.AuditEvents.Add(AuditRecord.BrowserTrusted(row));
            work.Apply(() => counts.CountStarted(row.Kind));
            work.Report(new SessionChange.Started(owner, id));
            var expires = remember ? SessionLifetime.AbsoluteEnd(options, now) : (DateTimeOffset?)null;
            return new StartOutcome.Started(new StartedSession(id, key, expires) { Trust = trust });
        }, cancellationToken);
    }

    /// <summary>Whether the account's second factor lets the sign-in go on, how the user is verified then, and what the browser keeps.</summary>
    private async Task<(StartOutcome? Stop, SignInMethods Methods, BrowserTrust? Trust)> CheckSecondFactorAsync(
        AccountsDbContext db, User user, CallingBrowser browser, VerifiedUser verified, bool remember, DateTimeOffset now)
    {
        var (owner, browserHash, epoch) = (new UserId(user.Id), browser.Id.Hash(), verified.Stamp.Epoch);
        if (!user.TwoFactorEnabled || verified.Methods.AreTwoFactors())
            return (null, verified.Methods, null);

        // Staff prove their second factor at every sign-in, because they need it for every act.
        var trusts = twoFactor.TrustDuration > TimeSpan.Zero
            && !(twoFactor.RequiredForStaff && await db.FindStaffRoleAsync(owner) != StaffRole.None);
        if (verified.SecondStep is { } step)
        {
            var pending = db.PendingSignIns.Where(p => p.TokenHash == step.TokenHash && p.UserId == user.Id && p.BrowserHash == browserHash);
            if (!await pending.AnyAsync(p => p.ExpiresAt > now))
                return (new StartOutcome.Void(), verified.Methods, null);
            if (await secondFactor.UseAsync(db, owner, step.Code, now) is not CodeCheck.Right and var wrong)
                return (new StartOutcome.WrongCode(wrong), verified.Methods, null);
            if (await pending.ExecuteDeleteAsync() == 0)
                return (new StartOutcome.Void(), verified.Methods, null);
            var trust = step.TrustBrowser && trusts
                ? await db.TrustAsync(owner, browserHash, epoch, now, twoFactor.TrustDuration)
                : null;
            return (null, verified.Methods | step.Code.Method, trust);
        }

        if (trusts && await db.UseTrustAsync(owner, browserHash, browser.TrustTokens, epoch, now) is { } renewed)
            return (null, verified.Methods | SignInMethods.TrustedBrowser, renewed);
        if (!verified.OffersSecondStep)
            return (new StartOutcome.Void(), verified.Methods, null);

        var token = OneTimeToken.New();
        await db.PendingSignIns.Where(p => p.UserId == user.Id && p.BrowserHash == browserHash).ExecuteDeleteAsync();
        db.PendingSignIns.Add(new PendingSignInRow
        {
            TokenHash = OneTimeToken.HashOf(token)!,
            UserId = user.Id,
            BrowserHash = browserHash,
            Stamp = verified.Stamp.Account,
            Epoch = epoch,
            Methods = verified.Methods,
            Remember = remember,
            NewPasswordHash = verified.NewPasswordHash,
            KeepsAccount = verified.KeepsAccount,
            ProviderIssuer = verified.Provider?.Issuer,
            ProviderSubject = verified.Provider?.Subject,
            ProviderSid = verified.Provider?.Sid,
            ExpiresAt = now + PendingSignInRow.Patience,
        });
        return (new StartOutcome.SecondStepNeeded(token), verified.Methods, null);
    }

    /// <summary>Whether there is one among an account's sessions.</summary>
    /// <remarks>
    /// It asks for the newest one, which an index finds. For just any row of an account with many of them, PostgreSQL may read the whole table,
    /// because it expects to meet one soon.
    /// </remarks>
    private static async Task<bool> AnyAsync(IQueryable<SessionRow> sessions) =>
        await sessions.OrderByDescending(s => s.StartedAt).Select(s => (DateTimeOffset?)s.StartedAt).FirstOrDefaultAsync() is not null;

    /// <summary>The browsers' sessions that exceed the limit with the new one, those unused for longest first.</summary>
    /// <remarks>It ignores activity since the last flush: a session that is in use isn't among those unused for longest.</remarks>
    private async Task<List<Guid>> FindCrowdedAsync(AccountsDbContext db, Guid user, byte[] browserHash, DateTimeOffset now)
    {
        // The new session replaces the one in the same browser.
        var live = db.Sessions
            .Where(s => s.UserId == user && s.Kind == SessionKind.Browser && s.BrowserHash != browserHash && s.EndedAt == null && s.ExpiresAt > now);
        return options.MaximumPerUser == 0 || await live.CountAsync() - options.MaximumPerUser + 1 is not (> 0 and var tooMany)
            ? []
            : await live.OrderBy(s => s.LastActivityAt).ThenBy(s => s.StartedAt).Take(tooMany).Select(s => s.Id).ToListAsync();
    }
}
