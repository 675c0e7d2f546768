using System.Globalization;
using Accounts.Core.Callers;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>One action that ends sessions: who acts, when and why.</summary>
internal sealed record Ending(Caller By, DateTimeOffset At, EndReason Reason);

/// <summary>The conditional statements that all commands on sessions use.</summary>
internal static class SessionStatements
{
    /// <summary>Whether the caller's session is live and has the key that the caller came with.</summary>
    public static async Task<bool> IsLiveAsync(this AccountsDbContext db, Caller caller, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var own = await db.Sessions.AsNoTracking()
            .SingleOrDefaultAsync(s => s.Id == caller.OwnSession.Value && s.EndedAt == null, cancellationToken);
        return own is not null && IsLive(own, caller, now);
    }

    /// <summary>
    /// Whether the caller's session is live and has the key that the caller came with. It stays live until the transaction ends: the session is
    /// locked, and so are the live ones of those that the command will change.
    /// </summary>
    /// <remarks>
    /// One statement takes all these locks, in the order of the ids, and every other transaction does so too. So of two sessions that end each other,
    /// one wins, and neither waits for the other for good.
    /// </remarks>
    public static async Task<bool> LockLiveAsync(this AccountsDbContext db, Caller caller, SessionSet? changed, DateTimeOffset now)
    {
        var own = SessionSet.One(OwnerOf(caller), caller.OwnSession);
        var locked = await db.LockedLive(changed is null ? own : changed.Or(own)).AsNoTracking().ToListAsync();
        return locked.Exists(s => s.Id == caller.OwnSession.Value && IsLive(s, caller, now));
    }

    /// <summary>Sessions that a statement has locked until the transaction ends, in the order of their ids.</summary>
    /// <remarks>Add no condition: PostgreSQL would move it inside, and lock fewer rows.</remarks>
    public static IQueryable<SessionRow> Locked(this AccountsDbContext db, SessionSet which) =>
        db.Sessions.FromSqlRaw(string.Concat("SELECT * FROM \"Sessions\" WHERE ", which.Condition, " ORDER BY \"Id\" ", db.RowLock), which.Values);

    /// <summary>The same without those that have ended.</summary>
    public static IQueryable<SessionRow> LockedLive(this AccountsDbContext db, SessionSet which) =>
        db.Locked(which with { Condition = $"({which.Condition}) AND \"EndedAt\" IS NULL" });

    private static bool IsLive(SessionRow own, Caller caller, DateTimeOffset now) =>
        own.UserId == OwnerOf(caller).Value && own.ExpiresAt > now
        && string.Equals(SessionKey.Mark(own.KeyHash), caller.KeyMark, StringComparison.Ordinal) && OfferedKey.Of(own)?.IsDue(now) is not true;

    // An administrator acts on somebody else's account from a session of their own.
    private static UserId OwnerOf(Caller caller) => caller.Kind is CallerKind.Administration ? caller.Actor!.Value : caller.Subject;

    /// <summary>The caller's account, for a password check; null if their session has ended.</summary>
    /// <remarks>So an ended session can't be used to guess the password.</remarks>
    public static async Task<User?> FindLiveUserAsync(
        this AccountsDbContext db, Caller caller, DateTimeOffset now, CancellationToken cancellationToken) =>
        await db.IsLiveAsync(caller, now, cancellationToken)
            ? await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == caller.Subject.Value, cancellationToken)
            : null;

    /// <summary>Ends the live ones of these sessions, and returns the rows that it changed.</summary>
    public static Task<List<SessionRow>> EndAsync(this AccountsDbContext db, Ending ending, SessionSet which)
    {
        var values = new Values(which.Values);
        var at = values.Add(Microseconds.FromTime(ending.At));
        return db.UpdateAsync(
            $"""
            "EndedAt" = {at}, "EndReason" = {values.Add((int)ending.Reason)},
            "EndedByUserId" = {values.AddIf(ending.By.Actor?.Value)}, "EndedBySessionId" = {values.AddIf(ending.By.SessionId?.Value)}
            """,
            $"""({which.Condition}) AND "EndedAt" IS NULL AND "ExpiresAt" > {at}""",
            values);
    }

    /// <summary>Ends the expired ones of these sessions at the time of their expiry, and returns the rows that it changed.</summary>
    public static Task<List<SessionRow>> ExpireAsync(this AccountsDbContext db, DateTimeOffset now, SessionSet which)
    {
        var values = new Values(which.Values);
        return db.UpdateAsync(
            $"""
            "EndedAt" = "ExpiresAt", "EndReason" = {values.Add((int)EndReason.Expired)}
            """,
            $"""({which.Condition}) AND "EndedAt" IS NULL AND "ExpiresAt" <= {values.Add(Microseconds.FromTime(now))}""",
            values);
    }

    /// <summary>Live or ended sessions whose sign-in was new to the account, is at most a week old, and hasn't been recognized.</summary>
    public static IQueryable<SessionRow> InQuestion(this IQueryable<SessionRow> sessions, DateTimeOffset now)
    {
        var since = now - Session.NewFor;
        return sessions.Where(s => (s.NewBrowser || s.NewCountry) && s.RecognizedAt == null && s.StartedAt > since);
    }

    /// <summary>The caller's live sessions that are in question.</summary>
    public static IQueryable<SessionRow> QuestionsOf(this AccountsDbContext db, Caller caller, DateTimeOffset now) => db.Sessions
        .Where(s => s.UserId == caller.Subject.Value && s.EndedAt == null && s.ExpiresAt > now)
        .InQuestion(now);

    /// <summary>
    /// The questions that the caller may answer. This is <see cref="Session.MayAnswer"/> as a condition of the statement that writes the answer.
    /// </summary>
    public static IQueryable<SessionRow> AnswerableBy(this AccountsDbContext db, Caller caller, DateTimeOffset now)
    {
        var questions = db.QuestionsOf(caller, now);
        var own = db.Sessions.Where(s => s.Id == caller.OwnSession.Value && s.UserId == caller.Subject.Value);
        return questions.Where(s =>
            own.Any(o => o.Kind == SessionKind.Browser && (o.BrowserSince ?? o.StartedAt) < s.StartedAt)
            && !questions.Any(q => q.Id == caller.OwnSession.Value));
    }

    /// <summary>
    /// The user's row, locked until the transaction ends; null if there is no such account. Starting a session and ending all sessions both take this
    /// lock, so each sees the other's result.
    /// </summary>
    public static async Task<User?> LockUserAsync(this AccountsDbContext db, UserId id)
    {
        var sql = $"SELECT * FROM \"Users\" WHERE \"Id\" = {{0}} {db.RowLock}";
        var locked = await db.Users.FromSqlRaw(sql, id.Value).ToListAsync();
        return locked.SingleOrDefault();
    }

    // Only what the statement returns has changed, whatever other transactions do meanwhile.
    private static Task<List<SessionRow>> UpdateAsync(this AccountsDbContext db, string set, string where, Values values)
    {
        var sql = $"UPDATE \"Sessions\" SET {set} WHERE {where} RETURNING *";
        return db.Sessions.FromSqlRaw(sql, values.ToArray()).AsNoTracking().ToListAsync();
    }

    /// <summary>The values of a statement. Each has a place, which stands for it in the SQL.</summary>
    private sealed class Values(IEnumerable<object> first)
    {
        private readonly List<object> _all = [.. first];

        public string Add(object value)
        {
            _all.Add(value);
            return string.Create(CultureInfo.InvariantCulture, $"{{{_all.Count - 1}}}");
        }

        /// <summary>The place of a value, or NULL.</summary>
        public string AddIf(Guid? value) => value is { } given ? Add(given) : "NULL";

        public object[] ToArray() => [.. _all];
    }
}
