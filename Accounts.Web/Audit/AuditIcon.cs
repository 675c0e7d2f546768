using Accounts.Core.Audit;

namespace Accounts.Web.Audit;

/// <summary>Picks the icon for each kind of event.</summary>
internal static class AuditIcon
{
    /// <param name="action">One of <see cref="AuditAction"/>.</param>
    /// <returns>A name that <see cref="Look.Icon"/> knows.</returns>
    public static string Of(string action) => action switch
    {
        AuditAction.Registered => "person",
        AuditAction.SignedIn => "key",
        AuditAction.PasswordChanged or AuditAction.PasswordReset => "lock",
        AuditAction.EmailChanged or AuditAction.EmailRestored => "mail",
        AuditAction.NameChanged => "person",
        AuditAction.PasskeyAdded or AuditAction.PasskeyRemoved => "passkey",
        AuditAction.ProviderLinked or AuditAction.ProviderUnlinked => "link",
        AuditAction.SessionRenamed or AuditAction.PasskeyRenamed => "pen",
        AuditAction.SessionExpired => "wait",
        AuditAction.SupportGranted or AuditAction.SupportRevoked or AuditAction.AdministratorGranted or AuditAction.AdministratorRevoked => "shield",
        AuditAction.ViewBegan or AuditAction.ViewEnded => "eye",
        AuditAction.SessionReauthenticated => "shield",
        AuditAction.TwoFactorTurnedOn or AuditAction.TwoFactorTurnedOff or AuditAction.TwoFactorReset => "phone",
        AuditAction.TwoFactorResetRequested or AuditAction.TwoFactorResetWithdrawn => "phone",
        AuditAction.RecoveryCodesReplaced => "key",
        AuditAction.BrowserTrusted or AuditAction.BrowsersForgotten => "desktop",
        AuditAction.SessionReplaced => "desktop",
        AuditAction.SessionTerminated or AuditAction.SessionEndedByLimit => "blocked",
        AuditAction.SignedOut or AuditAction.SignedOutEverywhere or AuditAction.SessionsInvalidated or AuditAction.SessionsRevoked => "out",
        AuditAction.SessionsEndedBySupport or AuditAction.SessionsEndedByAdministrator or AuditAction.EverybodyEnded => "out",
        AuditAction.SessionsEndedByProvider => "out",
        AuditAction.SessionEndedByAdministrator or AuditAction.Disabled => "blocked",
        AuditAction.Enabled or AuditAction.DeletionWithdrawn => "person",
        AuditAction.DeletionRequested or AuditAction.Deleted => "trash",
        AuditAction.NewPasswordRequired => "lock",
        AuditAction.LookedUp or AuditAction.Searched => "search",
        _ => "log",
    };
}
