using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Live;

/// <summary>Why a caller may not run a command now.</summary>
internal enum Refusal
{
    /// <summary>The caller's own session has ended, or has another key than the caller came with.</summary>
    CallerEnded,

    /// <summary>The caller proved who they are too long ago.</summary>
    ProofNeeded,
}

/// <summary>
/// Runs every command that changes sessions or accounts: it decides whether the caller may, runs the command as one transaction, and then tells
/// this process what changed.
/// </summary>
/// <remarks>
/// The check of the caller's session and key comes first in the command's transaction. Nobody can end that session until the transaction ends: its
/// row is locked. On SQLite, a write transaction is alone anyway. So an act either commits before the ending of its session returns, or is refused.
/// Memory learns of a change first, so that subscribers find every check already closed.
/// </remarks>
internal sealed partial class CommandRunner(
    AccountsDatabase database, SessionRegistry registry, SessionFeed feed, Outbox outbox, SessionOptions options, TwoFactorOptions twoFactor,
    TimeProvider time, ILogger<CommandRunner> logger)
{
    /// <summary>Runs a caller's command.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="need">What the command needs of the caller.</param>
    /// <param name="changed">The sessions that the command will change, besides the caller's own; null if none.</param>
    /// <param name="refuse">Makes an outcome of a refusal.</param>
    /// <param name="command">The command. It holds no state outside itself, because it may run again after a conflict.</param>
    /// <param name="cancellationToken">Cancels the command until its turn to write comes.</param>
    /// <param name="other">Somebody else's account that the command is about, which it locks; null if it locks none but the caller's.</param>
    /// <exception cref="CallerRefusedException">The caller may never run such a command; nothing changed.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed unless it says so.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<T> RunAsync<T>(
        Caller caller,
        Need need,
        SessionSet? changed,
        Func<Refusal, T> refuse,
        Func<UnitOfWork, Task<T>> command,
        CancellationToken cancellationToken,
        UserId? other = null)
    {
        need.Check(caller);
        var now = time.GetUtcNow();
        return await RunAsync(
            need.Priority,
            async work => await AdmitAsync(work, caller, need, changed, other, now) is { } refusal ? refuse(refusal) : await command(work),
            cancellationToken);
    }

    /// <summary>Runs the server's own work, or that of somebody who isn't signed in yet.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed unless it says so.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public async Task<T> RunAsync<T>(WritePriority priority, Func<UnitOfWork, Task<T>> command, CancellationToken cancellationToken = default)
    {
        UnitOfWork? done = null;
        try
        {
            var result = await database.WriteAsync(
                priority,
                async db =>
                {
                    done = new UnitOfWork(db, registry);
                    var outcome = await command(done);
                    if (outbox.AddNotices(db))
                        done.Apply(outbox.Wake);
                    return outcome;
                },
                cancellationToken);
            Announce(done!);
            return result;
        }
        catch (DatabaseUnavailableException failure) when (failure.MayHaveChanged)
        {
            // Sessions may have ended: from now on the database answers for each of them.
            registry.Forget();
            _ = AnnounceLaterAsync(failure.Committed, done!);
            throw;
        }
    }

    /// <summary>Whether the caller must prove who they are before a command with this need.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="need">What the command needs.</param>
    /// <param name="hasTwoFactor">Whether the caller's account has two-factor. It counts for a need of both factors only.</param>
    public bool NeedsProof(Caller caller, Need need, bool hasTwoFactor = false) =>
        LacksProof(caller, need, need.BothFactors && hasTwoFactor, time.GetUtcNow());

    private async Task<Refusal?> AdmitAsync(
        UnitOfWork work, Caller caller, Need need, SessionSet? changed, UserId? other, DateTimeOffset now)
    {
        // The accounts before the session: every command takes its locks in this order.
        if (need.LocksAccount && !await LockAccountsAsync(work, caller.Subject, other))
            return Refusal.CallerEnded;

        // Whoever comes without a session needs a row of their own that can be revoked. There is no such kind of caller yet.
        if (caller.SessionId is null || !await work.Db.LockLiveAsync(caller, changed, now))
            return Refusal.CallerEnded;
        if (need.Staff != StaffRole.None && await work.Db.FindStaffRoleAsync(caller.Subject) < need.Staff)
            throw new CallerRefusedException(CallerRefusal.RoleMissing);
        if (need.Staff != StaffRole.None && !twoFactor.MayActAsStaff(caller.SessionMethods))
            throw new CallerRefusedException(CallerRefusal.SecondFactorMissing);
        // The proof that the caller had when they called counts, not a later one.
        return LacksProof(caller, need, need.BothFactors && work.Account.TwoFactorEnabled, now) ? Refusal.ProofNeeded : null;
    }

    private bool LacksProof(Caller caller, Need need, bool both, DateTimeOffset now) =>
        (need.FreshProof && !IsProved(caller, now)) || (both && !caller.ProofMethods.AreTwoFactors());

    /// <summary>Locks the caller's account, and another one that the command is about.</summary>
    /// <returns>Whether the caller's account exists.</returns>
    private static async Task<bool> LockAccountsAsync(UnitOfWork work, UserId own, UserId? other)
    {
        // In the order of their ids, so that two members of staff who act on each other don't wait for each other for good.
        foreach (var id in new[] { own, other ?? own }.Distinct().OrderBy(id => id.Value))
        {
            var user = await work.Db.LockUserAsync(id);
            if (id == own && user is null)
                return false;
            if (id == own)
                work.Account = user!;
            if (id == other)
                work.Other = user;
        }

        return true;
    }

    private bool IsProved(Caller caller, DateTimeOffset now) => caller.AuthenticatedAt.IsYoungerThan(options.ReauthenticateAfter, now);

    /// <summary>Announces the changes of a commit whose answer was lost, if the database says at last that it happened.</summary>
    private async Task AnnounceLaterAsync(Task<bool>? committed, UnitOfWork done)
    {
        if (committed is not null && await committed)
            Announce(done);
    }

    private void Announce(UnitOfWork done)
    {
        foreach (var ended in done.Changes.OfType<SessionChange.Ended>())
            registry.MarkEnded(ended.SessionId);
        foreach (var action in done.Applied)
            action();
        foreach (var change in done.Changes)
        {
            if (change is SessionChange.Ended { Reason: not EndReason.Expired } ended)
                Log.Ended(logger, ended.SessionId, ended.Reason);
            feed.Publish(change);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Session {SessionId} ended: {Reason}")]
        public static partial void Ended(ILogger logger, SessionId sessionId, EndReason reason);
    }
}
