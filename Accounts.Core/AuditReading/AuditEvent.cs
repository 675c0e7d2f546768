using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Tables;
using Accounts.Core.Users;

namespace Accounts.Core.AuditReading;

/// <summary>Who caused an audit event.</summary>
public enum AuditActor
{
    /// <summary>The account's owner.</summary>
    You,

    /// <summary>A timeout.</summary>
    Clock,

    /// <summary>Somebody else, such as a member of staff.</summary>
    SomebodyElse,

    /// <summary>Whoever operates the server, with a command. The event has no address, and nobody's id.</summary>
    Operator,

    /// <summary>A provider that the user signed in through.</summary>
    Provider,
}

/// <summary>One event in the audit log of a user's account.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="At">When it happened.</param>
/// <param name="Action">What happened: one of <see cref="Audit.AuditAction"/>.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="From">
/// The session that the actor used, without an id if there was none yet. Null for a timeout and for an operator, and for somebody else: staff and
/// owners don't learn where the other one is.
/// </param>
/// <param name="Address">
/// The IP address of the request as text, which is shortened later; null if <paramref name="From"/> is null, and if it was erased.
/// </param>
/// <param name="Place">The address's place; null if there is no address.</param>
/// <param name="To">The session that the action changed; null if it changed several or none.</param>
/// <param name="Count">How many sessions it ended, or how many accounts a search found; null for actions that count nothing.</param>
public sealed record AuditEvent(
    Guid Id, DateTimeOffset At, string Action, AuditActor Actor, AuditedSession? From, string? Address, Place? Place, AuditedSession? To, int? Count)
{
    /// <summary>The name of the actor, if it is somebody else; null if it isn't, or if their account was deleted.</summary>
    public string? ActorName { get; init; }

    /// <summary>What stands for the actor, if their account was deleted: the same text in each of their events. Otherwise null.</summary>
    public string? ActorPseudonym { get; init; }

    /// <summary>
    /// The name of the account's owner that a member of staff acted on, in the log of the member of staff. Null in other events, and if that account
    /// was deleted.
    /// </summary>
    public string? OnName { get; init; }

    /// <summary>What stands for that owner, if their account was deleted. Otherwise null.</summary>
    public string? OnPseudonym { get; init; }

    /// <summary>Whether the event is about a member of staff's act on another account than this one.</summary>
    public bool IsOnOther { get; init; }

    /// <summary>What the action came through.</summary>
    public CallerKind Kind { get; init; } = CallerKind.Browser;

    /// <summary>Why the actor acted on somebody else's account; null for actions that need no reason.</summary>
    public string? Reason { get; init; }

    /// <summary>What the action set, such as the name of a plan; null for actions that set nothing.</summary>
    public string? Value { get; init; }

    /// <summary>How the actor was verified, for a sign-in or a re-authentication; otherwise null.</summary>
    public SignInMethods? Methods { get; init; }

    /// <summary>
    /// The ended sessions, for events that list them: <see cref="Audit.AuditAction.SessionsTerminated"/>. Otherwise empty.
    /// </summary>
    public IReadOnlyList<AuditedSession> EndedSessions { get; init; } = [];
}

/// <summary>A session as an audit event describes it. The session itself may have been removed since.</summary>
/// <param name="Id">The session's id; null if there was none yet.</param>
/// <param name="Name">The session's name at the time; null if it had none.</param>
/// <param name="Device">The title of the session's device; null if unknown.</param>
public sealed record AuditedSession(SessionId? Id, string? Name, string? Device)
{
    /// <summary>What its card was headed with; null if that isn't known.</summary>
    public string? Title => Name ?? Device;
}

/// <summary>A page of the audit log.</summary>
/// <param name="Events">The page's events, the latest first.</param>
/// <param name="Total">The number of events on all pages.</param>
/// <param name="Page">The page's number, from 1.</param>
/// <param name="Cut">Whether older events were not searched; see <see cref="AuditLog.Bound"/>.</param>
public sealed record AuditPage(IReadOnlyList<AuditEvent> Events, int Total, int Page, bool Cut) : TablePage(Events.Count, Total, Page, Cut);

/// <summary>A filter for audit events, and the number of a page.</summary>
public sealed record AuditQuery
{
    /// <summary>Maximum length of a search text, in characters. The rest is ignored.</summary>
    public const int TextLimit = 100;

    /// <summary>Words that must all occur in the event's session names, devices, place or address. Empty: any event.</summary>
    public string Text { get; init => field = TypedText.Cut(TypedText.Clean(value), TextLimit); } = "";

    /// <summary>Only events of this kind, one of <see cref="Audit.AuditAction"/>. Empty: any kind.</summary>
    public string Action { get; init; } = "";

    /// <summary>Only events at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only events before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The number of the page, from 1. A number past the last page means the last page.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Whether the query excludes any events.</summary>
    public bool IsFiltered => Text.Length > 0 || Action.Length > 0 || From is not null || To is not null;
}
