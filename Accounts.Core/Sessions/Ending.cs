using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>One act that ends sessions: by whom, when, why.</summary>
internal sealed record Ending(Caller By, DateTimeOffset At, EndReason Reason);

/// <summary>Whether a caller may do what ends other sessions.</summary>
internal enum Standing
{
    /// <summary>Their own session is over.</summary>
    Ended,

    /// <summary>It is alive, but too long ago that they proved who they are.</summary>
    ProofNeeded,

    Good,
}

/// <summary>The conditional statements that every command on sessions is made of.</summary>
internal static class SessionStatements
{
    /// <summary>Whether the session that a command comes through is still alive, inside the command's transaction: of two that end each other, one wins.</summary>
    public static Task<bool> IsLiveAsync(this AccountsDbContext db, Caller caller, DateTimeOffset now) => db.Sessions
        .AnyAsync(s => s.Id == caller.SessionId.Value && s.UserId == caller.UserId.Value && s.EndedAt == null && s.ExpiresAt > now);

    /// <summary>The caller's account, before a password is held against it; null if their session is over: whoever has lost it does not learn whether a guess is right.</summary>
    public static async Task<User?> FindLiveUserAsync(this AccountsDbContext db, Caller caller, DateTimeOffset now) =>
        await db.IsLiveAsync(caller, now) ? await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == caller.UserId.Value) : null;

    /// <summary>The one place that asks for a fresh proof. It goes by what the caller could show when it called, not by what somebody else has proved since.</summary>
    public static async Task<Standing> StandingAsync(this AccountsDbContext db, Caller caller, SessionOptions options, DateTimeOffset now)
    {
        if (!await db.IsLiveAsync(caller, now))
            return Standing.Ended;
        return IsProved(caller, options, now) ? Standing.Good : Standing.ProofNeeded;
    }

    /// <summary>Whether the caller's latest proof of who they are is young enough to end other sessions.</summary>
    public static bool IsProved(Caller caller, SessionOptions options, DateTimeOffset now) => now - caller.AuthenticatedAt < options.ReauthenticateAfter;

    /// <summary>Ends those of the sessions that are live, and says which they were.</summary>
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

    /// <summary>Ends every live session of the caller but the one that the command comes through.</summary>
    public static Task<List<Guid>> EndOthersAsync(this AccountsDbContext db, Ending ending) =>
        db.EndAsync(db.Sessions.Where(s => s.UserId == ending.By.UserId.Value && s.Id != ending.By.SessionId.Value), ending);

    /// <summary>Ends every live session of the caller, the one that the command comes through included.</summary>
    public static Task<List<Guid>> EndAllAsync(this AccountsDbContext db, Ending ending) => db.EndAsync(db.Sessions.Where(s => s.UserId == ending.By.UserId.Value), ending);

    /// <summary>Those whose sign-in was new to the account a week ago at most, and that their person hasn't recognized; live or over.</summary>
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
    /// Those of them that the caller may answer: <see cref="Session.MayAnswer"/>, as a condition of the statement that writes the answer.
    /// </summary>
    public static IQueryable<SessionRow> AnswerableBy(this AccountsDbContext db, Caller caller, DateTimeOffset now)
    {
        var questions = db.QuestionsOf(caller, now);
        var own = db.Sessions.Where(s => s.Id == caller.SessionId.Value && s.UserId == caller.UserId.Value);
        return questions.Where(s =>
            own.Any(o => (o.BrowserSince ?? o.StartedAt) < s.StartedAt) && !questions.Any(q => q.Id == caller.SessionId.Value));
    }

    /// <summary>
    /// The person's row, locked until the transaction ends: starting a session and ending all of them take this lock, so that one of them sees what the
    /// other has done. Null if there is no such account.
    /// </summary>
    public static async Task<User?> LockUserAsync(this AccountsDbContext db, UserId id)
    {
        // An update of nothing is the lock that both engines have; on SQLite the transaction itself already is one.
        var locked = await db.Users.Where(u => u.Id == id.Value).ExecuteUpdateAsync(set => set.SetProperty(u => u.ConcurrencyStamp, u => u.ConcurrencyStamp));
        return locked == 0 ? null : await db.Users.SingleAsync(u => u.Id == id.Value);
    }
}
