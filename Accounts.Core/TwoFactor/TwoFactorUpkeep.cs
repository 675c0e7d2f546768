using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.TwoFactor;

/// <summary>Does in the background what is due: resets of two-factor, and the removal of sign-ins and of trust that have run out.</summary>
internal sealed partial class TwoFactorUpkeep(
    AccountsDatabase database, CommandRunner commands, SessionOptions options, TimeProvider time, ILogger<TwoFactorUpkeep> logger) : BackgroundService
{
    /// <summary>Rows per transaction.</summary>
    private const int BatchSize = 100;

    private readonly Rounds _rounds = new(time, failure => Log.Postponed(logger, failure));

    /// <summary>Does all that is due now.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. Earlier work is committed.</exception>
    public async Task RunAsync()
    {
        var now = time.GetUtcNow();
        while (await database.ReadAsync(db => Due(db, now).Select(u => (Guid?)u.Id).FirstOrDefaultAsync()) is { } user)
            await ResetAsync(new UserId(user), now);
        while (await database.WriteAsync(WritePriority.Ordinary, db => PastSteps(db, now).ExecuteDeleteAsync()) == BatchSize)
        {
        }

        while (await database.WriteAsync(WritePriority.Ordinary, db => PastTrust(db, now).ExecuteDeleteAsync()) == BatchSize)
        {
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _rounds.RunAsync(options.SweepInterval, RunAsync, stoppingToken, atOnce: true);
        Log.Stopped(logger);
    }

    /// <summary>Accounts whose reset is due, the longest due first.</summary>
    internal static IQueryable<Users.User> Due(AccountsDbContext db, DateTimeOffset now) =>
        db.Users.Where(u => u.TwoFactorResetAt != null && u.TwoFactorResetAt <= now).OrderBy(u => u.TwoFactorResetAt);

    internal static IQueryable<PendingSignInRow> PastSteps(AccountsDbContext db, DateTimeOffset now) =>
        db.PendingSignIns.Where(p => p.ExpiresAt <= now).OrderBy(p => p.ExpiresAt).Take(BatchSize);

    internal static IQueryable<TrustedBrowserRow> PastTrust(AccountsDbContext db, DateTimeOffset now) =>
        db.TrustedBrowsers.Where(t => t.ExpiresAt <= now).OrderBy(t => t.ExpiresAt).Take(BatchSize);

    private Task<bool> ResetAsync(UserId user, DateTimeOffset now) => commands.RunAsync(WritePriority.Ordinary, async work =>
    {
        // The owner may have objected meanwhile.
        if (await work.Db.LockUserAsync(user) is not { } account || account.TwoFactorResetAt is not { } due || due > now)
            return false;
        await TwoFactorSettings.TurnOffAsync(work.Db, account);
        work.Db.AuditEvents.Add(new AuditEventRow(now, AuditAction.TwoFactorReset, user.Value) { Kind = CallerKind.Clock });
        Log.Reset(logger, user.Value);
        return true;
    });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Turned two-factor of the account {UserId} off, as an administrator had asked")]
        public static partial void Reset(ILogger logger, Guid userId);

        [LoggerMessage(2, LogLevel.Error, "Resets of two-factor failed; the next round tries again")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(3, LogLevel.Debug, "Resets of two-factor stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
