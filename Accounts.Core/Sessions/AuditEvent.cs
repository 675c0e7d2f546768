using Accounts.Core.Geolocation;
using Accounts.Core.Storage;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>Who did what an audit event tells of.</summary>
public enum AuditActor
{
    /// <summary>The person whose account it is.</summary>
    You,

    /// <summary>Nobody: a time had run out.</summary>
    Clock,

    SomebodyElse,
}

/// <summary>Something that was done to a person's account.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">When.</param>
/// <param name="Action">What: one of <see cref="Audit.AuditAction"/>.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="From">The session that it was done through; without an id before there was one. Null if the clock did it.</param>
/// <param name="Address">The IP address that it came from, as text, which is shortened with age; null if the clock did it.</param>
/// <param name="Place">Where that is; null likewise.</param>
/// <param name="To">The one session that it was done to; null for many or none.</param>
/// <param name="Count">How many sessions it ended; null where that is not counted.</param>
public sealed record AuditEvent(
    Guid Id, DateTimeOffset At, string Action, AuditActor Actor, AuditedSession? From, string? Address, Place? Place, AuditedSession? To, int? Count)
{
    /// <summary>
    /// The sessions that it ended, where the event lists them: <see cref="Audit.AuditAction.SessionsTerminated"/>. Empty otherwise.
    /// </summary>
    public IReadOnlyList<AuditedSession> EndedSessions { get; init; } = [];
}

/// <summary>A session as an audit event tells of it, which may have been removed since.</summary>
/// <param name="Id">Its id; null if there was none yet.</param>
/// <param name="Name">What its person called it then; null if it had no name.</param>
/// <param name="Device">The title of its device; null if that is not known.</param>
public sealed record AuditedSession(SessionId? Id, string? Name, string? Device)
{
    /// <summary>What its card was headed with; null if that isn't known.</summary>
    public string? Title => Name ?? Device;
}

/// <summary>A page of the audit log.</summary>
/// <param name="Events">Its events, the latest first.</param>
/// <param name="Total">How many events all pages have together.</param>
/// <param name="Page">Which page it is, from 1.</param>
/// <param name="Cut">Whether there are older events that were not looked at; see <see cref="AuditLog.Bound"/>.</param>
public sealed record AuditPage(IReadOnlyList<AuditEvent> Events, int Total, int Page, bool Cut) : TablePage(Events.Count, Total, Page, Cut);

/// <summary>Which of the events of a person's account, and which page of them.</summary>
public sealed record AuditQuery
{
    /// <summary>Characters of a text to look for; what is beyond them is not looked for.</summary>
    public const int TextLimit = 100;

    /// <summary>Words that all occur in the names and devices of its sessions, its place and its address; empty: any.</summary>
    public string Text { get; init => field = ShortText.Cut(value, TextLimit); } = "";

    /// <summary>Only events of this kind, one of <see cref="Audit.AuditAction"/>; empty: any.</summary>
    public string Action { get; init; } = "";

    /// <summary>Only events that were not before this moment.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only events before this moment.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Which page, from 1. A page behind the last one is the last one.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Whether anything is left out.</summary>
    public bool IsFiltered => Text.Length > 0 || Action.Length > 0 || From is not null || To is not null;
}
