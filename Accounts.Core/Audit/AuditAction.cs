namespace Accounts.Core.Audit;

/// <summary>The actions that an audit event can record. Stored events and exports contain these names, so they never change.</summary>
public static class AuditAction
{
    /// <summary>The account was made.</summary>
    public const string Registered = "user.registered";

    /// <summary>A session started.</summary>
    public const string SignedIn = "user.signed_in";

    /// <summary>The user signed out of the session.</summary>
    public const string SignedOut = "user.signed_out";

    /// <summary>The password was changed.</summary>
    public const string PasswordChanged = "user.password_changed";

    /// <summary>The password was reset with a link from an email.</summary>
    public const string PasswordReset = "user.password_reset";

    /// <summary>The account's email was changed.</summary>
    public const string EmailChanged = "user.email_changed";

    /// <summary>The owner of the old email undid the change, and chose a new password.</summary>
    public const string EmailRestored = "user.email_restored";

    /// <summary>The account's name was changed.</summary>
    public const string NameChanged = "user.name_changed";

    /// <summary>Two-factor was turned on.</summary>
    public const string TwoFactorTurnedOn = "user.two_factor_turned_on";

    /// <summary>Two-factor was turned off.</summary>
    public const string TwoFactorTurnedOff = "user.two_factor_turned_off";

    /// <summary>The account got new recovery codes.</summary>
    public const string RecoveryCodesReplaced = "user.recovery_codes_replaced";

    /// <summary>A sign-in trusted its browser, so that the next ones there need no code.</summary>
    public const string BrowserTrusted = "user.browser_trusted";

    /// <summary>The user took all trust in browsers back.</summary>
    public const string BrowsersForgotten = "user.browsers_forgotten";

    /// <summary>An administrator asked for two-factor to be turned off, which happens later.</summary>
    public const string TwoFactorResetRequested = "user.two_factor_reset_requested";

    /// <summary>The owner or an administrator took that back.</summary>
    public const string TwoFactorResetWithdrawn = "user.two_factor_reset_withdrawn";

    /// <summary>Two-factor was turned off, as an administrator had asked.</summary>
    public const string TwoFactorReset = "user.two_factor_reset";

    /// <summary>The user ended one session from another one.</summary>
    public const string SessionTerminated = "session.terminated";

    /// <summary>The user ended chosen sessions, which the event lists.</summary>
    public const string SessionsTerminated = "sessions.terminated";

    /// <summary>The user said that a new sign-in was theirs.</summary>
    public const string SessionRecognized = "session.recognized";

    /// <summary>The user said that a new sign-in wasn't theirs, which ended the session.</summary>
    public const string SessionDenied = "session.denied";

    /// <summary>The user proved again who they are.</summary>
    public const string SessionReauthenticated = "session.reauthenticated";

    /// <summary>The user gave a session a name, or removed it.</summary>
    public const string SessionRenamed = "session.renamed";

    /// <summary>A sign-in in the same browser ended the session before it.</summary>
    public const string SessionReplaced = "session.replaced";

    /// <summary>A timeout ended the session.</summary>
    public const string SessionExpired = "session.expired";

    /// <summary>A sign-in exceeded the limit of sessions, which ended the session unused for longest.</summary>
    public const string SessionEndedByLimit = "session.ended_by_limit";

    /// <summary>The user ended all other sessions.</summary>
    public const string SignedOutEverywhere = "user.signed_out_everywhere";

    /// <summary>The user ended all sessions, the current one included.</summary>
    public const string SessionsInvalidated = "user.session_invalidated";

    /// <summary>Whoever operates the server ended all of the user's sessions.</summary>
    public const string SessionsRevoked = "user.sessions_revoked";

    /// <summary>A member of staff began to view the account, read-only.</summary>
    public const string ViewBegan = "support.view_began";

    /// <summary>Such a view ended. The actor is who ended it, if a time didn't.</summary>
    public const string ViewEnded = "support.view_ended";

    /// <summary>A member of staff looked the account up.</summary>
    public const string LookedUp = "support.looked_up";

    /// <summary>A member of staff searched for an account, and found none or several. Only their own log has it.</summary>
    public const string Searched = "support.searched";

    /// <summary>A member of staff ended all of the user's sessions.</summary>
    public const string SessionsEndedBySupport = "support.sessions_ended";

    /// <summary>An administrator ended one of the user's sessions.</summary>
    public const string SessionEndedByAdministrator = "administration.session_ended";

    /// <summary>An administrator ended all of the user's sessions.</summary>
    public const string SessionsEndedByAdministrator = "administration.sessions_ended";

    /// <summary>An administrator ended everybody's sessions. Only their own log has it; each account's log has the ending of its sessions.</summary>
    public const string EverybodyEnded = "administration.everybody_ended";

    /// <summary>An administrator disabled the account.</summary>
    public const string Disabled = "user.disabled";

    /// <summary>An administrator enabled the account again.</summary>
    public const string Enabled = "user.enabled";

    /// <summary>An administrator requires a new password.</summary>
    public const string NewPasswordRequired = "user.new_password_required";

    /// <summary>An administrator changed the account's plan.</summary>
    public const string PlanChanged = "user.plan_changed";

    /// <summary>The owner or an administrator asked for the account's deletion.</summary>
    public const string DeletionRequested = "user.deletion_requested";

    /// <summary>The owner or an administrator took that back.</summary>
    public const string DeletionWithdrawn = "user.deletion_withdrawn";

    /// <summary>The account was deleted. Its earlier events stay without what tells about its owner.</summary>
    public const string Deleted = "user.deleted";

    /// <summary>The account got the role <see cref="Administration.Roles.Support"/>.</summary>
    public const string SupportGranted = "user.support_granted";

    /// <summary>The account lost the role <see cref="Administration.Roles.Support"/>.</summary>
    public const string SupportRevoked = "user.support_revoked";

    /// <summary>The account got the role <see cref="Administration.Roles.Administrator"/>.</summary>
    public const string AdministratorGranted = "user.administrator_granted";

    /// <summary>The account lost the role <see cref="Administration.Roles.Administrator"/>.</summary>
    public const string AdministratorRevoked = "user.administrator_revoked";

    /// <summary>The user added a passkey.</summary>
    public const string PasskeyAdded = "user.passkey_added";

    /// <summary>The user gave a passkey another name.</summary>
    public const string PasskeyRenamed = "user.passkey_renamed";

    /// <summary>The user removed a passkey.</summary>
    public const string PasskeyRemoved = "user.passkey_removed";

    /// <summary>The user linked an account at a provider, which signs in from then on.</summary>
    public const string ProviderLinked = "user.provider_linked";

    /// <summary>The user unlinked an account at a provider.</summary>
    public const string ProviderUnlinked = "user.provider_unlinked";

    /// <summary>The provider that sessions began with ended them.</summary>
    public const string SessionsEndedByProvider = "sessions.ended_by_provider";

    /// <summary>All actions, in the order in which a page lists them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        SignedIn, SignedOut, SessionTerminated, SessionsTerminated, SignedOutEverywhere, SessionsInvalidated, SessionsRevoked, SessionReplaced,
        SessionExpired, SessionEndedByLimit, SessionRecognized, SessionDenied, SessionReauthenticated, SessionRenamed, PasswordChanged, PasswordReset,
        EmailChanged, EmailRestored, NameChanged,
        TwoFactorTurnedOn, TwoFactorTurnedOff, RecoveryCodesReplaced, BrowserTrusted, BrowsersForgotten,
        PasskeyAdded, PasskeyRenamed, PasskeyRemoved, ProviderLinked, ProviderUnlinked, SessionsEndedByProvider,
        ViewBegan, ViewEnded, LookedUp, Searched, SessionsEndedBySupport, SessionEndedByAdministrator, SessionsEndedByAdministrator, EverybodyEnded,
        TwoFactorResetRequested, TwoFactorResetWithdrawn, TwoFactorReset,
        Disabled, Enabled, NewPasswordRequired, PlanChanged, DeletionRequested, DeletionWithdrawn, Deleted,
        SupportGranted, SupportRevoked, AdministratorGranted, AdministratorRevoked, Registered,
    ];
}
