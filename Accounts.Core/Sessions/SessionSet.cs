using System.Globalization;
using Accounts.Core.Callers;
using Accounts.Core.Storage;

namespace Accounts.Core.Sessions;

/// <summary>Some sessions, as a condition of a statement that says which it changed.</summary>
/// <param name="Condition">The condition in SQL, with <c>{0}</c>, <c>{1}</c> … for the values.</param>
/// <param name="Values">The values.</param>
internal sealed record SessionSet(string Condition, params object[] Values)
{
    private const string OfUser = "\"UserId\" = {0}";
    private static readonly string OfViews = string.Create(CultureInfo.InvariantCulture, $"\"Kind\" = {(int)SessionKind.SupportView}");

    /// <summary>One session of a user.</summary>
    public static SessionSet One(UserId user, SessionId session) => new(OfUser + " AND \"Id\" = {1}", user.Value, session.Value);

    /// <summary>Chosen sessions of a user.</summary>
    public static SessionSet Some(UserId user, IReadOnlyList<Guid> sessions) => new(
        $"{OfUser} AND {IdIn(sessions, first: 1)}",
        [user.Value, .. sessions.Cast<object>()]);

    /// <summary>All sessions of a user.</summary>
    public static SessionSet All(UserId user) => new(OfUser, user.Value);

    /// <summary>All sessions of a user, except one.</summary>
    public static SessionSet AllExcept(UserId user, SessionId session) => new(OfUser + " AND \"Id\" <> {1}", user.Value, session.Value);

    /// <summary>Live views that began in these sessions.</summary>
    public static SessionSet ViewsFrom(IReadOnlyList<Guid> sessions) => new(
        IdIn(sessions, first: 0, "ParentSessionId"),
        [.. sessions.Cast<object>()]);

    /// <summary>One view, if it is of a user's account or began in a session.</summary>
    public static SessionSet ViewFor(UserId user, SessionId? parent, SessionId view) => new(
        $"\"Id\" = {{1}} AND {OfViews} AND ({OfUser} OR \"ParentSessionId\" = {{2}})", user.Value, view.Value, parent?.Value ?? Guid.Empty);

    /// <summary>These sessions, of any user.</summary>
    public static SessionSet Of(IReadOnlyList<Guid> sessions) => new(
        IdIn(sessions, first: 0),
        [.. sessions.Cast<object>()]);

    /// <summary>These sessions and others.</summary>
    public SessionSet Or(SessionSet other)
    {
        var places = Enumerable.Range(Values.Length, other.Values.Length).Select(place => (object)$"{{{place}}}").ToArray();
        return new($"({Condition}) OR ({string.Format(CultureInfo.InvariantCulture, other.Condition, places)})", [.. Values, .. other.Values]);
    }

    /// <summary>A user's sessions in one browser.</summary>
    /// <param name="user">The user.</param>
    /// <param name="browserHash">The hash of the browser's id.</param>
    public static SessionSet InBrowser(UserId user, byte[] browserHash) => new(OfUser + " AND \"BrowserHash\" = {1}", user.Value, browserHash);

    /// <summary>Sessions of any user that have expired and whose rows don't say so yet, the longest expired first.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="limit">How many at most.</param>
    public static SessionSet Expired(DateTimeOffset now, int limit) => new(
        """ "Id" IN (SELECT "Id" FROM "Sessions" WHERE "EndedAt" IS NULL AND "ExpiresAt" <= {0} ORDER BY "ExpiresAt" LIMIT {1}) """,
        Microseconds.FromTime(now),
        limit);

    private static string IdIn(IReadOnlyList<Guid> sessions, int first, string column = "Id") => sessions.Count == 0
        ? "FALSE"
        : $"\"{column}\" IN ({string.Join(", ", sessions.Select((_, place) => $"{{{first + place}}}"))})";
}
