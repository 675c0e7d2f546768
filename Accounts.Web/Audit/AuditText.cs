using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Users;
using Accounts.Web.Sessions;

namespace Accounts.Web.Audit;

/// <summary>The audit log's words on the page and in the exports.</summary>
internal static class AuditText
{
    /// <summary>How many sessions a long list names. The list only counts the rest.</summary>
    private const int Named = 5;

    /// <summary>The kind of event, in words.</summary>
    /// <param name="action">One of <see cref="AuditAction"/>.</param>
    public static string Of(string action) => action switch
    {
        AuditAction.Registered => Texts.Audit_Registered,
        AuditAction.SignedIn => Texts.Audit_SignedIn,
        AuditAction.SignedOut => Texts.Audit_SignedOut,
        AuditAction.PasswordChanged => Texts.Audit_PasswordChanged,
        AuditAction.EmailChanged => Texts.Audit_EmailChanged,
        AuditAction.EmailRestored => Texts.Audit_EmailRestored,
        AuditAction.NameChanged => Texts.Audit_NameChanged,
        AuditAction.PasswordReset => Texts.Audit_PasswordReset,
        AuditAction.TwoFactorTurnedOn => Texts.Audit_TwoFactorTurnedOn,
        AuditAction.TwoFactorTurnedOff => Texts.Audit_TwoFactorTurnedOff,
        AuditAction.RecoveryCodesReplaced => Texts.Audit_RecoveryCodesReplaced,
        AuditAction.BrowserTrusted => Texts.Audit_BrowserTrusted,
        AuditAction.BrowsersForgotten => Texts.Audit_BrowsersForgotten,
        AuditAction.TwoFactorResetRequested => Texts.Audit_TwoFactorResetRequested,
        AuditAction.TwoFactorResetWithdrawn => Texts.Audit_TwoFactorResetWithdrawn,
        AuditAction.TwoFactorReset => Texts.Audit_TwoFactorReset,
        AuditAction.PasskeyAdded => Texts.Audit_PasskeyAdded,
        AuditAction.PasskeyRenamed => Texts.Audit_PasskeyRenamed,
        AuditAction.PasskeyRemoved => Texts.Audit_PasskeyRemoved,
        AuditAction.ProviderLinked => Texts.Audit_ProviderLinked,
        AuditAction.ProviderUnlinked => Texts.Audit_ProviderUnlinked,
        AuditAction.SessionsEndedByProvider => Texts.Audit_SessionsEndedByProvider,
        AuditAction.SessionTerminated => Texts.Audit_SessionTerminated,
        AuditAction.SessionsTerminated => Texts.Audit_SessionsTerminated,
        AuditAction.SessionRecognized => Texts.Audit_SessionRecognized,
        AuditAction.SessionDenied => Texts.Audit_SessionDenied,
        AuditAction.SessionRenamed => Texts.Audit_SessionRenamed,
        AuditAction.SessionReplaced => Texts.Audit_SessionReplaced,
        AuditAction.SessionExpired => Texts.Audit_SessionExpired,
        AuditAction.SessionEndedByLimit => Texts.Audit_SessionEndedByLimit,
        AuditAction.SessionReauthenticated => Texts.Audit_SessionReauthenticated,
        AuditAction.SignedOutEverywhere => Texts.Audit_SignedOutEverywhere,
        AuditAction.SessionsInvalidated => Texts.Audit_SessionsInvalidated,
        AuditAction.SessionsRevoked => Texts.Audit_SessionsRevoked,
        AuditAction.ViewBegan => Texts.Audit_ViewBegan,
        AuditAction.ViewEnded => Texts.Audit_ViewEnded,
        AuditAction.LookedUp => Texts.Audit_LookedUp,
        AuditAction.Searched => Texts.Audit_Searched,
        AuditAction.SessionsEndedBySupport => Texts.Audit_SessionsEndedBySupport,
        AuditAction.SessionEndedByAdministrator => Texts.Audit_SessionEndedByAdministrator,
        AuditAction.SessionsEndedByAdministrator => Texts.Audit_SessionsEndedByAdministrator,
        AuditAction.EverybodyEnded => Texts.Audit_EverybodyEnded,
        AuditAction.Disabled => Texts.Audit_Disabled,
        AuditAction.Enabled => Texts.Audit_Enabled,
        AuditAction.NewPasswordRequired => Texts.Audit_NewPasswordRequired,
        AuditAction.PlanChanged => Texts.Audit_PlanChanged,
        AuditAction.DeletionRequested => Texts.Audit_DeletionRequested,
        AuditAction.DeletionWithdrawn => Texts.Audit_DeletionWithdrawn,
        AuditAction.Deleted => Texts.Audit_Deleted,
        AuditAction.SupportGranted => Texts.Audit_SupportGranted,
        AuditAction.SupportRevoked => Texts.Audit_SupportRevoked,
        AuditAction.AdministratorGranted => Texts.Audit_AdministratorGranted,
        AuditAction.AdministratorRevoked => Texts.Audit_AdministratorRevoked,
        // A newer version of the product wrote this event.
        _ => action,
    };

    /// <summary>What happened in this event, with the number of sessions where it can vary.</summary>
    public static string Of(AuditEvent one) => (one.Action, one.Count) switch
    {
        (AuditAction.SessionsTerminated, { } count) => Plural.Of(nameof(Texts.Audit_SessionsTerminatedCount_other), count),
        (AuditAction.LookedUp, _) when one.IsOnOther => Texts.Audit_LookedUpOther,
        (AuditAction.SessionsEndedBySupport or AuditAction.SessionsEndedByAdministrator, _) when one.IsOnOther => Texts.Audit_SessionsEndedOther,
        (AuditAction.SessionEndedByAdministrator, _) when one.IsOnOther => Texts.Audit_SessionEndedOther,
        (AuditAction.Disabled, _) when one.IsOnOther => Texts.Audit_DisabledOther,
        (AuditAction.Enabled, _) when one.IsOnOther => Texts.Audit_EnabledOther,
        (AuditAction.NewPasswordRequired, _) when one.IsOnOther => Texts.Audit_NewPasswordOther,
        (AuditAction.PlanChanged, _) when one.IsOnOther => Texts.Audit_PlanOther,
        (AuditAction.DeletionRequested, _) when one.IsOnOther => Texts.Audit_DeletionOther,
        (AuditAction.TwoFactorResetRequested, _) when one.IsOnOther => Texts.Audit_TwoFactorResetOther,
        (AuditAction.DeletionWithdrawn, _) when one.IsOnOther => Texts.Audit_RestoredOther,
        _ => Of(one.Action),
    };

    /// <summary>What the event affected; null if it affected only its own session.</summary>
    public static string? Detail(AuditEvent one) => (one.Action, one.To) switch
    {
        (AuditAction.SessionRenamed, { Name: { } name } to) =>
            to.Device is null
                ? Texts.FormatAudit_NowNamed(TypedText.Isolate(name))
                : Texts.FormatAudit_DeviceNowNamed(SessionText.Recorded(to.Device), TypedText.Isolate(name)),
        (AuditAction.SessionRenamed, { } to) => Texts.FormatAudit_NowUnnamed(Title(to)),
        (AuditAction.SessionReplaced, { } to) => Texts.FormatAudit_ReplacedDetail(Full(to)),
        (AuditAction.SessionEndedByLimit, { } to) => Texts.FormatAudit_LimitDetail(Full(to)),
        (AuditAction.SessionReauthenticated, _) => Texts.Audit_ReauthenticatedDetail,
        (AuditAction.SessionTerminated or AuditAction.SessionExpired or AuditAction.SessionRecognized, { } to) => Full(to),
        (AuditAction.SessionDenied, { } to) => Texts.FormatAudit_DeniedDetail(Full(to)),
        (AuditAction.SessionsTerminated, _) => List(one.EndedSessions),
        (AuditAction.SignedOutEverywhere, _) => one.Count is null or 0 ? Texts.Audit_NoneEnded : Ended(one.Count.Value),
        (AuditAction.Searched, _) =>
            one.Count is null or 0 ? Texts.Audit_SearchedNone : Plural.Of(nameof(Texts.Audit_SearchedFound_other), one.Count.Value),
        (AuditAction.SessionsEndedBySupport or AuditAction.SessionsEndedByAdministrator or AuditAction.EverybodyEnded
            or AuditAction.Disabled or AuditAction.NewPasswordRequired or AuditAction.DeletionRequested, _) =>
            SessionText.Joined(one.IsOnOther ? On(one) : null, Ended(one.Count ?? 0), Quoted(one.Reason)),
        (AuditAction.SessionEndedByAdministrator, var to) =>
            SessionText.Joined(one.IsOnOther ? On(one) : null, to is null ? null : Full(to), Quoted(one.Reason)),
        (AuditAction.PlanChanged, _) => SessionText.Joined(
            one.IsOnOther ? On(one) : null,
            one.Value is { } plan ? Texts.FormatAudit_NowPlan(TypedText.Isolate(plan)) : null,
            Quoted(one.Reason)),
        (AuditAction.SessionsInvalidated or AuditAction.SessionsRevoked, _) => one.Count is null ? null : Ended(one.Count.Value),
        (_, _) when one.IsOnOther => With(On(one), one.Reason),
        (AuditAction.ViewBegan or AuditAction.ViewEnded or AuditAction.Enabled or AuditAction.DeletionWithdrawn, _) => Quoted(one.Reason),
        (AuditAction.TwoFactorResetRequested or AuditAction.TwoFactorResetWithdrawn, _) => Quoted(one.Reason),
        (AuditAction.TwoFactorTurnedOn or AuditAction.TwoFactorTurnedOff or AuditAction.PasskeyRemoved or AuditAction.ProviderUnlinked
            or AuditAction.SessionsEndedByProvider, _) =>
            one.Count is null or 0 ? null : Ended(one.Count.Value),
        (AuditAction.BrowsersForgotten, _) =>
            one.Count is { } browsers ? Plural.Of(nameof(Texts.Audit_BrowsersForgottenCount_other), browsers) : null,
        (AuditAction.SupportGranted or AuditAction.SupportRevoked or AuditAction.AdministratorGranted or AuditAction.AdministratorRevoked, _) =>
            Quoted(one.Reason),
        (AuditAction.PasswordChanged, _) => one.Count is null or 0 ? Texts.Audit_NoneEndedWithIt : Ended(one.Count.Value),
        _ => null,
    };

    /// <summary>The event and what it affected: "Ended another session: Safari 19 on iOS 19.1".</summary>
    public static string InOneLine(AuditEvent one) => Detail(one) is { } detail ? Texts.FormatAudit_Sentence(Of(one), detail) : Of(one);

    /// <summary>Where the event came from.</summary>
    public static string From(AuditEvent one) => (one.Actor, one.From) switch
    {
        (AuditActor.Clock, _) => Texts.Audit_Automatic,
        (AuditActor.Operator, _) => Texts.Audit_Operator,
        (AuditActor.Provider, _) => Texts.Audit_Provider,
        (AuditActor.SomebodyElse, _) => Who(one),
        (_, { } from) => Title(from),
        _ => Texts.Device_UnknownBrowser,
    };

    /// <summary>The name of somebody else who acted.</summary>
    public static string Who(AuditEvent one) => Name(one.ActorName, one.ActorPseudonym);

    /// <summary>The name of the account that a member of staff acted on.</summary>
    public static string On(AuditEvent one) => Name(one.OnName, one.OnPseudonym);

    /// <summary>A person's name, or what stands for them: "Deleted account 3f9a12c0".</summary>
    private static string Name(string? name, string? pseudonym) =>
        name is null ? Deleted(pseudonym) ?? Texts.Audit_DeletedAccount : TypedText.Isolate(name);

    /// <summary>What stands for a deleted account; null for a person who has a name.</summary>
    public static string? Deleted(string? pseudonym) => pseudonym is null ? null : Texts.FormatAudit_DeletedPerson(pseudonym);

    private static string With(string name, string? reason) =>
        reason is null ? name : Texts.FormatAudit_ViewDetail(name, TypedText.Isolate(reason));

    private static string? Quoted(string? reason) => reason is null ? null : Texts.FormatView_Quoted(TypedText.Isolate(reason));

    /// <summary>A session with its name and its device: "Radio (Mosaic 1)".</summary>
    public static string Full(AuditedSession session) =>
        session is { Name: { } name, Device: { } device }
            ? Texts.FormatAudit_Named(TypedText.Isolate(name), SessionText.Recorded(device))
            : Title(session);

    private static string Title(AuditedSession session) =>
        session.Name is { } name ? TypedText.Isolate(name) : SessionText.Recorded(session.Device) ?? Texts.Audit_SessionGone;

    /// <summary>Names the first sessions and counts the rest: "Radio (Mosaic 1), Safari 19 on iOS 19.1 and 7 more".</summary>
    private static string? List(IReadOnlyList<AuditedSession> sessions)
    {
        if (sessions.Count <= Named)
            return sessions.Count == 0 ? null : Sentence.List([.. sessions.Select(Full)]);
        var more = Plural.Of(nameof(Texts.Common_MoreItems_other), sessions.Count - Named);
        return Texts.FormatCommon_ListLast(Sentence.Enumerate(sessions.Take(Named).Select(Full)), more);
    }

    private static string Ended(int count) => Plural.Of(nameof(Texts.Audit_Ended_other), count);
}
