using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Live;

/// <summary>Gives a live session a new key in two steps. The response may be lost, so in between the browser may use either key.</summary>
/// <remarks>The old key ends when the new one is first used, or after <see cref="OfferedKey.Overlap"/>.</remarks>
internal sealed class KeyRotation(CommandRunner commands, SessionRegistry registry, SessionFeed feed, SessionOptions options, TimeProvider time)
{
    /// <summary>Offers the caller's session a second key. The first key gets no fresh proof. An earlier unused offer becomes void.</summary>
    /// <param name="work">The transaction.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="methods">How the user was verified.</param>
    /// <returns>The data for the browser's cookie.</returns>
    public async Task<StartedSession> OfferAsync(UnitOfWork work, Caller caller, SignInMethods methods)
    {
        var key = SessionKey.New();
        // The time and the number are read inside the transaction, so that of two proofs the one that commits later is the later one.
        var offered = new OfferedKey(key.Hash(), time.GetUtcNow(), methods, registry.NextChange());
        var mine = work.Db.Sessions.Where(s => s.Id == caller.OwnSession.Value && s.UserId == caller.Subject.Value && s.EndedAt == null);
        await mine.ExecuteUpdateAsync(set => set
            .SetProperty(s => s.NextKeyHash, offered.Hash)
            .SetProperty(s => s.NextKeyAt, offered.At)
            .SetProperty(s => s.NextKeyMethods, methods));
        var session = await mine.Select(s => new { s.Remembered, s.StartedAt }).SingleAsync();
        work.Apply(() =>
        {
            // A load that began before the commit knows nothing of the offer.
            registry.VoidLoads();
            if (registry.Peek(caller.OwnSession) is not { } live)
                return;
            live.Offer(offered);
            EndFirstKeyLater(live, offered);
        });
        return new StartedSession(caller.OwnSession, key, session.Remembered ? SessionLifetime.AbsoluteEnd(options, session.StartedAt) : null);
    }

    /// <summary>Gives the caller's session a fresh proof: offers it a second key, and records that its user was verified again.</summary>
    /// <param name="work">The transaction.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="at">When the user was verified.</param>
    /// <param name="methods">How the user was verified.</param>
    /// <returns>The data for the browser's cookie.</returns>
    public async Task<StartedSession> ReauthenticateAsync(UnitOfWork work, Caller caller, DateTimeOffset at, SignInMethods methods)
    {
        var session = await OfferAsync(work, caller, methods);
        await work.Db.RecordAsync(caller, at, AuditAction.SessionReauthenticated, caller.OwnSession, methods: methods);
        work.Report(new SessionChange.Recorded(caller.Subject, caller.OwnSession));
        return session;
    }

    /// <summary>Replaces the first key with the offered one, after its first use. From then on its proof counts.</summary>
    /// <returns>Whether the offered key is the session's key now. A second call changes nothing.</returns>
    /// <exception cref="DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its turn to write; nothing changed.</exception>
    public Task<bool> AdoptAsync(LiveSession session, OfferedKey offered, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return commands.RunAsync(WritePriority.Ending, async work =>
        {
            await work.Db.Sessions
                .Where(s => s.Id == session.Id.Value && s.NextKeyHash == offered.Hash && s.EndedAt == null && s.ExpiresAt > now)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(s => s.KeyHash, offered.Hash)
                    .SetProperty(s => s.ReauthenticatedAt, offered.At)
                    .SetProperty(s => s.ReauthenticatedMethods, offered.Methods)
                    .SetProperty(s => s.Methods, s => s.Methods | offered.Methods)
                    .SetProperty(s => s.NextKeyHash, (byte[]?)null)
                    .SetProperty(s => s.NextKeyAt, (DateTimeOffset?)null)
                    .SetProperty(s => s.NextKeyMethods, (SignInMethods?)null));
            if (!await work.Db.Sessions.AnyAsync(s => s.Id == session.Id.Value && s.KeyHash == offered.Hash))
                return false;

            work.Apply(() =>
            {
                if (session.Adopt(offered))
                    TellReplaced(session, offered);
            });
            return true;
        }, cancellationToken);
    }

    /// <summary>Says that the first key has run out, unless the offered one is used first. That closes what the first key opened.</summary>
    public void EndFirstKeyLater(LiveSession session, OfferedKey offered) => _ = EndFirstKeyAsync(session, offered);

    private async Task EndFirstKeyAsync(LiveSession session, OfferedKey offered)
    {
        var left = offered.At + OfferedKey.Overlap - time.GetUtcNow();
        if (left > TimeSpan.Zero)
            await Task.Delay(left, time);
        if (session.Offered == offered)
            TellReplaced(session, offered);
    }

    private void TellReplaced(LiveSession session, OfferedKey by) =>
        feed.Publish(new SessionChange.KeyReplaced(session.UserId, session.Id, SessionKey.Mark(by.Hash)));
}
