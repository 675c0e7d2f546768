using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Providers;

/// <summary>A provider's message that a user's session there has ended, after it was verified.</summary>
/// <param name="Issuer">The issuer that signed it.</param>
/// <param name="TokenId">The token's own id, which the issuer gives once.</param>
/// <param name="Subject">The user's id at the issuer; null if it names only a session.</param>
/// <param name="Sid">The id of the session that ended there; null if all of the user's have.</param>
/// <param name="ExpiresAt">When the token loses its validity.</param>
public sealed record LogoutToken(string Issuer, string TokenId, string? Subject, string? Sid, DateTimeOffset ExpiresAt)
{
    internal bool IsUsable =>
        (Subject is not null || Sid is not null)
        && new[] { TokenId, Subject, Sid }.All(text => text is null || text.IsIdentifier(ProviderIdentity.SubjectLimit));
}

/// <summary>Ends sessions because the provider that they began with has ended its own (OpenID Connect Back-Channel Logout 1.0).</summary>
public sealed partial class ProviderLogout
{
    /// <summary>How long a token is remembered at least.</summary>
    /// <remarks>As long as a sign-in that began before it can be half way.</remarks>
    internal static readonly TimeSpan Memory = ProviderRequest.Patience + PendingSignInRow.Patience;

    private readonly CommandRunner _commands;
    private readonly SignInThrottle _throttle;
    private readonly TimeProvider _time;
    private readonly ILogger<ProviderLogout> _logger;

    internal ProviderLogout(CommandRunner commands, SignInThrottle throttle, TimeProvider time, ILogger<ProviderLogout> logger)
    {
        _commands = commands;
        _throttle = throttle;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// Ends the live sessions that began in the provider's session, or with the user there. When it returns, none of them can do anything any more.
    /// A token that comes again changes nothing.
    /// </summary>
    /// <param name="address">The sender's address.</param>
    /// <param name="token">The token, after it was verified; null if it is invalid, so that it's only counted.</param>
    /// <param name="cancellationToken">Cancels the call until it may write.</param>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed unless it says so.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<ProviderLogoutOutcome> EndAsync(
        string address, LogoutToken? token, CancellationToken cancellationToken = default)
    {
        // A valid token is never refused: strangers may send invalid ones from the provider's own addresses.
        if (token is not { IsUsable: true })
        {
            return _throttle.CountInvalidLogout(address) is { } wait
                ? new ProviderLogoutOutcome.Throttled(wait)
                : new ProviderLogoutOutcome.Invalid();
        }

        try
        {
            var count = await _commands.RunAsync(WritePriority.Ending, work => EndAsync(work, token, _time.GetUtcNow()), cancellationToken);
            Log.Ended(_logger, count);
            return new ProviderLogoutOutcome.Ended(count);
        }
        catch (ConstraintException)
        {
            // The same token came twice at once. The other one does it.
            return new ProviderLogoutOutcome.Ended(0);
        }
    }

    private static async Task<int> EndAsync(UnitOfWork work, LogoutToken token, DateTimeOffset now)
    {
        var db = work.Db;
        var hash = LinkedAccounts.HashOf(token.Issuer, token.TokenId);
        if (await db.LogoutTokens.AnyAsync(t => t.TokenHash == hash))
            return 0;
        db.LogoutTokens.Add(new LogoutTokenRow
        {
            TokenHash = hash,
            SidHash = token.Sid is null ? null : LinkedAccounts.HashOf(token.Issuer, token.Sid),
            SubjectHash = token.Subject is null ? null : LinkedAccounts.HashOf(token.Issuer, token.Subject),
            ReceivedAt = now,
            ExpiresAt = token.ExpiresAt > now + Memory ? token.ExpiresAt : now + Memory,
        });
        await db.SaveChangesAsync();

        // The accounts before the sessions: every command takes its locks in this order. A sign-in that has the lock commits first, and its session
        // is found below.
        foreach (var owner in await OwnersAsync(db, token))
            await db.LockUserAsync(new UserId(owner));
        // One that makes an account, or of a session that nobody knows yet, has no lock here. It keeps the epoch.
        await db.LockEpochAsync();
        await Pending(db, token).ExecuteDeleteAsync();
        var found = await Sessions(db, token).Join(db.Sessions, there => there.SessionId, row => row.Id, (_, row) => row)
            .Where(row => row.EndedAt == null).Select(row => new { row.Id, row.UserId }).ToListAsync();
        var count = 0;
        foreach (var user in found.GroupBy(one => one.UserId).OrderBy(group => group.Key))
        {
            var owner = new UserId(user.Key);
            var which = SessionSet.Some(owner, [.. user.Select(one => one.Id)]);
            await db.LockedLive(which).Select(s => s.Id).ToListAsync();
            var by = new Caller(CallerKind.Provider, owner, null, null, Scopes.None, "");
            var ended = (await work.EndAsync(new Ending(by, now, EndReason.EndedByProvider), which)).Count(row => row.IsOwn);
            if (ended == 0)
                continue;
            count += ended;
            db.AuditEvents.Add(new AuditEventRow(now, AuditAction.SessionsEndedByProvider, user.Key)
            {
                Kind = CallerKind.Provider,
                Count = ended,
                Details = new AuditDetailsRow(now, null),
            });
        }

        return count;
    }

    /// <summary>The accounts that the token may be about.</summary>
    private static async Task<List<Guid>> OwnersAsync(AccountsDbContext db, LogoutToken token)
    {
        var linked = token.Subject is null
            ? []
            : await db.LinkedAccounts.Where(l => l.Issuer == token.Issuer && l.Subject == token.Subject).Select(l => l.UserId).ToListAsync();
        var signedIn = await Sessions(db, token).Join(db.Sessions, there => there.SessionId, row => row.Id, (_, row) => row.UserId).ToListAsync();
        return [.. linked.Concat(signedIn).Distinct().Order()];
    }

    /// <summary>The sessions that the token is about. One whose provider never said its id ends with any of the user's sessions there.</summary>
    private static IQueryable<ProviderSessionRow> Sessions(AccountsDbContext db, LogoutToken token) => token switch
    {
        { Sid: null } => db.ProviderSessions.Where(s => s.Issuer == token.Issuer && s.Subject == token.Subject),
        { Subject: null } => db.ProviderSessions.Where(s => s.Issuer == token.Issuer && s.Sid == token.Sid),
        _ => db.ProviderSessions.Where(s =>
            s.Issuer == token.Issuer && s.Subject == token.Subject && (s.Sid == token.Sid || s.Sid == null)),
    };

    /// <summary>The sign-ins that wait for their second step, in the same way.</summary>
    private static IQueryable<PendingSignInRow> Pending(AccountsDbContext db, LogoutToken token)
    {
        var ofIssuer = db.PendingSignIns.Where(p => p.ProviderIssuer == token.Issuer);
        return token switch
        {
            { Sid: null } => ofIssuer.Where(p => p.ProviderSubject == token.Subject),
            { Subject: null } => ofIssuer.Where(p => p.ProviderSid == token.Sid),
            _ => ofIssuer.Where(p => p.ProviderSubject == token.Subject && (p.ProviderSid == token.Sid || p.ProviderSid == null)),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A provider ended {Count} sessions")]
        public static partial void Ended(ILogger logger, int count);
    }
}
