using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Sessions;

/// <summary>Writes actions on sessions to the audit log, in the transaction of the action.</summary>
internal static class AuditRecord
{
    /// <summary>Records an action that a user performs from one of their sessions, with the sessions' current names.</summary>
    /// <param name="db">The transaction.</param>
    /// <param name="by">The acting user and session.</param>
    /// <param name="at">The time of the action.</param>
    /// <param name="action">The action: one of <see cref="AuditAction"/>.</param>
    /// <param name="session">The session that the action changes; null if it changes several or none.</param>
    /// <param name="count">How many sessions it ends.</param>
    /// <param name="ended">The sessions that it ended, for an event that lists them.</param>
    /// <param name="methods">How the user was verified, if the action is a proof.</param>
    public static async Task RecordAsync(
        this AccountsDbContext db,
        Caller by,
        DateTimeOffset at,
        string action,
        SessionId? session = null,
        int? count = null,
        IReadOnlyList<SessionRow>? ended = null,
        SignInMethods? methods = null)
    {
        var (actor, target) = (by.SessionId?.Value, session?.Value);
        var named = await db.Sessions.Where(s => s.Id == actor || s.Id == target)
            .Select(s => new { s.Id, s.Name, s.UserAgent, s.ClientHints }).ToListAsync();
        var (from, to) = (named.Find(s => s.Id == actor), named.Find(s => s.Id == target));
        db.AuditEvents.Add(new AuditEventRow(at, action, by.Subject.Value)
        {
            ActorUserId = by.Actor?.Value,
            Kind = by.Kind,
            ActorSessionId = actor,
            Reason = Cut(by.Reason),
            Methods = methods,
            SessionId = target,
            Count = count,
            EndedSessionIds = ended?.Select(row => row.Id).ToList(),
            Details = new AuditDetailsRow(at, by.Address)
            {
                ActorName = from?.Name,
                ActorDevice = from is null ? null : Title(from.UserAgent, from.ClientHints),
                SessionName = to?.Name,
                SessionDevice = to is null ? null : Title(to.UserAgent, to.ClientHints),
                EndedSessions = ended is null ? null : EndedSessionList.Write(ended.Select(row => new EndedSession(row.Id, row.Name, Title(row)))),
            },
        });
    }

    /// <summary>The event of a sign-in.</summary>
    public static AuditEventRow SignedIn(SessionRow row) => Through(row, AuditAction.SignedIn, row, row.Methods);

    /// <summary>The event of a new password that a sign-in had to choose.</summary>
    public static AuditEventRow PasswordChosen(SessionRow row) => Through(row, AuditAction.PasswordChanged, row, row.Methods);

    /// <summary>The event of a sign-in whose user keeps the account that they had deleted.</summary>
    public static AuditEventRow AccountKept(SessionRow row) => Through(row, AuditAction.DeletionWithdrawn, row, row.Methods);

    /// <summary>The event of a sign-in that trusted its browser.</summary>
    public static AuditEventRow BrowserTrusted(SessionRow row) => Through(row, AuditAction.BrowserTrusted, row);

    /// <summary>The event of a session that a sign-in ended: it was in the same browser, or the user had too many.</summary>
    public static AuditEventRow Displaced(SessionRow by, SessionRow gone, string action) => Through(by, action, gone);

    /// <summary>The event of an expired session, at the time of its expiry. It has no actor.</summary>
    public static AuditEventRow Expired(SessionRow gone) => new(gone.EndedAt!.Value, AuditAction.SessionExpired, gone.UserId)
    {
        Kind = CallerKind.Clock,
        SessionId = gone.Id,
        Details = new AuditDetailsRow(gone.EndedAt.Value, null) { SessionName = gone.Name, SessionDevice = Title(gone) },
    };

    /// <summary>
    /// The events of a view of support that began: one in the account's log and one in the log of the member of staff. The account's owner learns
    /// who it was, but nothing of their device.
    /// </summary>
    /// <param name="view">The view.</param>
    /// <param name="by">The member of staff.</param>
    public static IEnumerable<AuditEventRow> ViewBegan(SessionRow view, Caller by) =>
        OnView(view, AuditAction.ViewBegan, view.StartedAt, CallerKind.SupportView, view.ActorUserId, by.SessionId, by.Address);

    /// <summary>The events of a view of support that ended, in the same two logs.</summary>
    /// <param name="view">The view, as it is now.</param>
    /// <param name="by">Who ended it.</param>
    public static IEnumerable<AuditEventRow> ViewEnded(SessionRow view, Caller by) => OnView(
        view,
        AuditAction.ViewEnded,
        view.EndedAt!.Value,
        by.Actor is { } actor && actor.Value == view.ActorUserId ? CallerKind.SupportView : by.Kind,
        by.Actor?.Value,
        by.SessionId,
        by.Actor is null ? null : by.Address);

    /// <summary>
    /// The events of a member of staff's act on an account: one in the account's log, and one in the log of the member of staff. The account's
    /// owner learns who it was, but nothing of their device.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="staff">The member of staff.</param>
    /// <param name="at">The time of the act.</param>
    /// <param name="action">The act: one of <see cref="AuditAction"/>.</param>
    /// <param name="reason">Why, as they stated; null for an act that needs no reason.</param>
    /// <param name="count">How many sessions it ended; null if it doesn't count them.</param>
    /// <param name="session">The session that it changed; null if it changed several or none.</param>
    /// <param name="value">What it set; null if it set nothing.</param>
    public static IEnumerable<AuditEventRow> OnAccount(
        UserId account,
        Caller staff,
        DateTimeOffset at,
        string action,
        string? reason = null,
        int? count = null,
        SessionRow? session = null,
        string? value = null) =>
        from log in new[] { account, staff.Subject }.Distinct()
        select new AuditEventRow(at, action, log.Value)
        {
            ActorUserId = staff.Subject.Value,
            Kind = CallerKind.Administration,
            ActorSessionId = staff.SessionId?.Value,
            Reason = Cut(reason),
            OnUserId = account.Value,
            SessionId = session?.Id,
            Count = count,
            Value = value,
            Details = new AuditDetailsRow(at, staff.Address)
            {
                SessionName = session?.Name,
                SessionDevice = session is null ? null : Title(session),
            },
        };

    private static IEnumerable<AuditEventRow> OnView(
        SessionRow view, string action, DateTimeOffset at, CallerKind kind, Guid? actor, SessionId? session, string? address) =>
        from log in new[] { view.UserId, view.ActorUserId!.Value }
        select new AuditEventRow(at, action, log)
        {
            ActorUserId = actor,
            Kind = kind,
            ActorSessionId = session?.Value,
            Reason = Cut(view.Reason),
            SessionId = view.Id,
            OnUserId = view.UserId,
            Details = new AuditDetailsRow(at, address),
        };

    private static string? Cut(string? reason) => reason is null ? null : ShortText.Cut(reason, AuditEventRow.ReasonLimit);

    /// <summary>An event with a sign-in as its actor, on the new session or another one.</summary>
    private static AuditEventRow Through(SessionRow signIn, string action, SessionRow session, SignInMethods? methods = null) =>
        new(signIn.StartedAt, action, signIn.UserId)
        {
            ActorUserId = signIn.UserId,
            ActorSessionId = signIn.Id,
            Methods = methods,
            SessionId = session.Id,
            Details = new AuditDetailsRow(signIn.StartedAt, signIn.SignInAddress)
            {
                ActorName = signIn.Name, ActorDevice = Title(signIn), SessionName = session.Name, SessionDevice = Title(session),
            },
        };

    /// <summary>The title of a session's device.</summary>
    public static string Title(SessionRow row) => Title(row.UserAgent, row.ClientHints);

    /// <inheritdoc cref="Title(SessionRow)"/>
    public static string Title(string userAgent, string? hints) =>
        DeviceDetector.Detect(new DeviceSignals(userAgent, ClientHints.Parse(hints))).Title;
}
