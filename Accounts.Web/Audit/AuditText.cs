using Accounts.Core.Audit;
using Accounts.Core.Sessions;

namespace Accounts.Web.Audit;

/// <summary>The words that the page and the exports have for what is in the audit log.</summary>
internal static class AuditText
{
    /// <summary>Sessions of a long list that are named; of the rest it is said how many there are.</summary>
    private const int Named = 5;

    /// <summary>What was done, as a kind of event.</summary>
    /// <param name="action">One of <see cref="AuditAction"/>.</param>
    public static string Of(string action) => action switch
    {
        AuditAction.Registered => "Account created",
        AuditAction.SignedIn => "Signed in",
        AuditAction.SignedOut => "Signed out",
        AuditAction.PasswordChanged => "Password changed",
        AuditAction.SessionTerminated => "Ended another session",
        AuditAction.SessionsTerminated => "Ended other sessions",
        AuditAction.SessionRecognized => "Said it was them",
        AuditAction.SessionDenied => "Said it was not them",
        AuditAction.SessionRenamed => "Renamed a session",
        AuditAction.SessionReplaced => "Session replaced",
        AuditAction.SessionExpired => "Session expired",
        AuditAction.SessionEndedByLimit => "Session ended by the limit",
        AuditAction.SessionReauthenticated => "Confirmed who they are",
        AuditAction.SignedOutEverywhere => "Signed out everywhere",
        AuditAction.SessionsInvalidated => "Logged out from all devices",
        // Written by a newer version of this program.
        _ => action,
    };

    /// <summary>What was done in this event: where the kind leaves open how many sessions there were, it says so.</summary>
    public static string Of(AuditEvent one) => (one.Action, one.Count) switch
    {
        (AuditAction.SessionsTerminated, 1) => "Ended 1 other session",
        (AuditAction.SessionsTerminated, { } count) => $"Ended {count} other sessions",
        _ => Of(one.Action),
    };

    /// <summary>To what it was done; null where that is the session that it was done from.</summary>
    public static string? Detail(AuditEvent one) => (one.Action, one.To) switch
    {
        (AuditAction.SessionRenamed, { Name: { } name } to) => to.Device is null ? $"Now “{name}”" : $"{to.Device}, now “{name}”",
        (AuditAction.SessionRenamed, { } to) => $"{to.Title}, now without a name",
        (AuditAction.SessionReplaced, { } to) => $"{Full(to)}, by a new sign-in in that browser",
        (AuditAction.SessionEndedByLimit, { } to) => $"{Full(to)}, unused for longest when there were too many",
        (AuditAction.SessionReauthenticated, _) => "Password entered again",
        (AuditAction.SessionTerminated or AuditAction.SessionExpired or AuditAction.SessionRecognized, { } to) => Full(to),
        (AuditAction.SessionDenied, { } to) => $"{Full(to)}, and ended it",
        (AuditAction.SessionsTerminated, _) => List(one.EndedSessions),
        (AuditAction.SignedOutEverywhere, _) => one.Count is null or 0 ? "No other session was signed in" : $"{Sessions(one.Count.Value)} ended",
        (AuditAction.SessionsInvalidated, _) => one.Count is null ? null : $"{Sessions(one.Count.Value)} ended",
        (AuditAction.PasswordChanged, _) => one.Count is null or 0 ? "No session was ended with it" : $"{Sessions(one.Count.Value)} ended with it",
        _ => null,
    };

    /// <summary>Both in one line: "Ended another session: Safari 19 on iOS 19.1".</summary>
    public static string Sentence(AuditEvent one) => Detail(one) is { } detail ? $"{Of(one)}: {detail}" : Of(one);

    /// <summary>From what it was done.</summary>
    public static string From(AuditEvent one) => one.Actor == AuditActor.Clock ? "Automatic" : one.From?.Title ?? "Unknown browser";

    /// <summary>A session with its name and its device: "Radio (Mosaic 1)".</summary>
    public static string Full(AuditedSession session) => session is { Name: { } name, Device: { } device } ? $"{name} ({device})" : session.Title;

    /// <summary>The first of them by title, and how many more: "Radio (Mosaic 1), Safari 19 on iOS 19.1 and 7 more".</summary>
    private static string? List(IReadOnlyList<AuditedSession> sessions)
    {
        List<string> names = [.. sessions.Take(Named).Select(Full)];
        if (sessions.Count > Named)
            names.Add($"{sessions.Count - Named} more");
        return names switch
        {
            [] => null,
            [var only] => only,
            [.. var first, var last] => $"{string.Join(", ", first)} and {last}",
        };
    }

    private static string Sessions(int count) => count == 1 ? "1 session" : $"{count} sessions";
}
