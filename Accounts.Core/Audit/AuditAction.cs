namespace Accounts.Core.Audit;

/// <summary>The actions that an audit event can record. Stored events and exports contain these names, so they never change.</summary>
public static class AuditAction
{
    public const string Registered = "user.registered";
    public const string SignedIn = "user.signed_in";
    public const string SignedOut = "user.signed_out";
    public const string PasswordChanged = "user.password_changed";
    public const string SessionTerminated = "session.terminated";
    public const string SessionsTerminated = "sessions.terminated";
    public const string SessionRecognized = "session.recognized";
    public const string SessionDenied = "session.denied";
    public const string SessionReauthenticated = "session.reauthenticated";
    public const string SessionRenamed = "session.renamed";
    public const string SessionReplaced = "session.replaced";
    public const string SessionExpired = "session.expired";
    public const string SessionEndedByLimit = "session.ended_by_limit";
    public const string SignedOutEverywhere = "user.signed_out_everywhere";
    public const string SessionsInvalidated = "user.session_invalidated";
    public const string SupportGranted = "user.support_granted";
    public const string SupportRevoked = "user.support_revoked";
    public const string AdministratorGranted = "user.administrator_granted";
    public const string AdministratorRevoked = "user.administrator_revoked";

    /// <summary>All actions, in the order in which a page lists them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        SignedIn, SignedOut, SessionTerminated, SessionsTerminated, SignedOutEverywhere, SessionsInvalidated, SessionReplaced, SessionExpired,
        SessionEndedByLimit, SessionRecognized, SessionDenied, SessionReauthenticated, SessionRenamed, PasswordChanged, SupportGranted,
        SupportRevoked, AdministratorGranted, AdministratorRevoked, Registered,
    ];
}
