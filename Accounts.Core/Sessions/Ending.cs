using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>One action that ends sessions: the actor, the time and the reason.</summary>
internal sealed record Ending(Caller By, DateTimeOffset At, EndReason Reason);

/// <summary>Whether a caller may end other sessions.</summary>
internal enum Standing
{
    /// <summary>The caller's own session has ended.</summary>
    Ended,

    /// <summary>The caller's session is live, but they last entered their password too long ago.</summary>
    ProofNeeded,

    Good,
}

/// <summary>The conditional statements that all commands on sessions use.</summary>
internal static class SessionStatements
{
    /// <summary>Whether the caller's session is live, checked inside the command's transaction. If two sessions end each other, one wins.</summary>
    public static Task<bool> IsLiveAsync(this AccountsDbContext db, Caller caller, DateTimeOffset now) => db.Sessions
        .AnyAsync(s => s.Id == caller.SessionId.Value && s.UserId == caller.UserId.Value && s.EndedAt == null && s.ExpiresAt > now);

    /// <summary>The caller's account, for a password check; null if their session has ended.</summary>
    /// <remarks>So an ended session can't be used to guess the password.</remarks>
    public static async Task<User?> FindLiveUserAsync(this AccountsDbContext db, Caller caller, DateTimeOffset now) =>
        await db.IsLiveAsync(caller, now) ? await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == caller.UserId.Value) : null;

    /// <summary>The only check for a fresh proof. It uses the proof that the caller had when they called, not a later one.</summary>
    public static async Task<Standing> StandingAsync(this AccountsDbContext db, Caller caller, SessionOptions options, DateTimeOffset now)
    {
        if (!await db.IsLiveAsync(caller, now))
            return Standing.Ended;
        return IsProved(caller, options, now) ? Standing.Good : Standing.ProofNeeded;
    }

    /// <summary>Whether the caller entered their password recently enough to end other sessions.</summary>
    public static bool IsProved(Caller caller, SessionOptions options, DateTimeOffset now) => now - caller.AuthenticatedAt < options.ReauthenticateAfter;

    /// <summary>Ends the live ones of these sessions and returns their ids.</summary>
    public static async Task<List<Guid>> EndAsync(this AccountsDbContext db, IQueryable<SessionRow> sessions, Ending ending)
    {
        var live = sessions.Where(s => s.EndedAt == null && s.ExpiresAt > ending.At);
        var ids = await live.Select(s => s.Id).ToListAsync();
        if (ids.Count == 0)
            return ids;

        await live.ExecuteUpdateAsync(set => set
            .SetProperty(s => s.EndedAt, ending.At)
            .SetProperty(s => s.EndReason, ending.Reason)
            .SetProperty(s => s.EndedByUserId, ending.By.UserId.Value)
            .SetProperty(s => s.EndedBySessionId, ending.By.SessionId.Value));
        return ids;
    }

    /// <summary>Ends every live session of the caller except the current one.</summary>
    public static Task<List<Guid>> EndOthersAsync(this AccountsDbContext db, Ending ending) =>
        db.EndAsync(db.Sessions.Where(s => s.UserId == ending.By.UserId.Value && s.Id != ending.By.SessionId.Value), ending);

    /// <summary>Ends every live session of the caller, including the current one.</summary>
    public static Task<List<Guid>> EndAllAsync(this AccountsDbContext db, Ending ending) => db.EndAsync(db.Sessions.Where(s => s.UserId == ending.By.UserId.Value), ending);

    /// <summary>Live or ended sessions whose sign-in was new to the account, is at most a week old, and hasn't been recognized.</summary>
    public static IQueryable<SessionRow> InQuestion(this IQueryable<SessionRow> sessions, DateTimeOffset now)
    {
        var since = now - Session.NewFor;
        return sessions.Where(s => (s.NewBrowser || s.NewCountry) && s.RecognizedAt == null && s.StartedAt > since);
    }

    /// <summary>The caller's live sessions that are in question.</summary>
    public static IQueryable<SessionRow> QuestionsOf(this AccountsDbContext db, Caller caller, DateTimeOffset now) => db.Sessions
        .Where(s => s.UserId == caller.UserId.Value && s.EndedAt == null && s.ExpiresAt > now)
        .InQuestion(now);

    /// <summary>
    /// The questions that the caller may answer. This is <see cref="Session.MayAnswer"/> as a condition of the statement that writes the answer.
    /// </summary>
    public static IQueryable<SessionRow> AnswerableBy(this AccountsDbContext db, Caller caller, DateTimeOffset now)
    {
        var questions = db.QuestionsOf(caller, now);
        var own = db.Sessions.Where(s => s.Id == caller.SessionId.Value && s.UserId == caller.UserId.Value);
        return questions.Where(s =>
            own.Any(o => (o.BrowserSince ?? o.StartedAt) < s.StartedAt) && !questions.Any(q => q.Id == caller.SessionId.Value));
    }

    /// <summary>
    /// The user's row, locked until the transaction ends; null if there is no such account. Starting a session and ending all sessions both take this
    /// lock, so each sees the other's result.
    /// </summary>
    public static async Task<User?> LockUserAsync(this AccountsDbContext db, UserId id)
    {
        // An update without a change locks the row on every engine. On SQLite the transaction itself is already a lock.
        var locked = await db.Users.Where(u => u.Id == id.Value).ExecuteUpdateAsync(set => set.SetProperty(u => u.ConcurrencyStamp, u => u.ConcurrencyStamp));
        return locked == 0 ? null : await db.Users.SingleAsync(u => u.Id == id.Value);
    }
}
