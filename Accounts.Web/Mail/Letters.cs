using System.Globalization;
using Accounts.Core.Mail;
using Accounts.Core.Users;
using Accounts.Web.Addresses;
using Accounts.Web.Geolocation;
using Accounts.Web.PersonalData;
using Accounts.Web.SignIn;

namespace Accounts.Web.Mail;

/// <summary>Finds the words for each kind of email, in the current language.</summary>
internal static class Letters
{
    private const string SecurityPage = "/settings/security";
    private const string SessionsPage = "/settings/sessions";
    private const string SignInPage = "/sign-in";

    /// <exception cref="ArgumentException">The email lacks something that its kind needs, or the kind is unknown.</exception>
    public static Letter Of(OutgoingMail mail) => mail.Kind switch
    {
        MailKind.SignInLink => Asked(
            mail, Texts.Mail_SignInLink, Texts.FormatMail_SignInLinkLead(Until(mail)), Texts.Mail_SignInLinkNotYou) with
        {
            Button = (Texts.Mail_SignInLinkButton, $"/{SignInLinkPage.Path}?token={Uri.EscapeDataString(TokenOf(mail))}"),
        },
        MailKind.ResetLink => Asked(mail, Texts.Mail_ResetLink, Texts.FormatMail_ResetLinkLead(Until(mail)), Texts.Mail_ResetLinkNotYou) with
        {
            Button = (Texts.Mail_ResetLinkButton, $"/{ResetPasswordPage.Path}?token={Uri.EscapeDataString(TokenOf(mail))}"),
        },
        MailKind.ProofCode => Asked(
            mail, Texts.Mail_ProofCode, Texts.FormatMail_ProofCodeLead(Until(mail)), Texts.Mail_ProofCodeSecret, Texts.Mail_ProofCodeNotYou) with
        {
            Code = Grouped(TokenOf(mail)),
        },
        MailKind.RegistrationLink => Asked(
            mail, Texts.Mail_RegistrationLink, Texts.FormatMail_RegistrationLinkLead(Until(mail)), Texts.Mail_RegistrationLinkNotYou) with
        {
            Button = (Texts.Mail_RegistrationLinkButton, $"/{RegisterPage.Path}?token={Uri.EscapeDataString(TokenOf(mail))}"),
        },
        MailKind.EmailChangeLink => Asked(
            mail, Texts.Mail_EmailChangeLink, Texts.FormatMail_EmailChangeLinkLead(Until(mail)), Texts.Mail_EmailChangeLinkNotYou) with
        {
            Button = (Texts.Mail_EmailChangeLinkButton, $"/{EmailPage.Path}?token={Uri.EscapeDataString(TokenOf(mail))}"),
        },
        MailKind.AddressTaken => Notice(mail, Texts.Mail_AddressTaken, Texts.Mail_AddressTakenLead) with
        {
            Preview = Texts.Mail_AddressTakenLead,
            Button = (Texts.Common_SignIn, SignInPage),
            Closing = [Texts.Mail_AddressTakenYou, Texts.Mail_AddressTakenNotYou],
        },
        MailKind.EmailChanged => Notice(
            mail, Texts.Mail_EmailChanged, Texts.FormatMail_EmailChangedLead(TypedText.Isolate(mail.OtherEmail))) with
        {
            Button = (Texts.Mail_EmailChangedButton, $"/{RestoreEmailPage.Path}?token={Uri.EscapeDataString(TokenOf(mail))}"),
            Closing = [Texts.Mail_IfYou, Texts.FormatMail_EmailChangedNotYou(Until(mail))],
        },
        MailKind.EmailRestored => Security(mail, Texts.Mail_EmailRestored, Texts.Mail_EmailRestoredLead, Texts.Mail_PasswordNotYou),
        MailKind.NewSignIn => Notice(mail, Texts.Mail_NewSignIn, Texts.Mail_NewSignInLead, Texts.Mail_NewSignInNotYou) with
        {
            Preview = WasThisYou(mail),
            Button = (Texts.Mail_NewSignInButton, SessionsPage),
        },
        MailKind.PasswordChanged => Security(mail, Texts.Mail_PasswordChanged, Texts.Mail_PasswordChangedLead, Texts.Mail_PasswordNotYou),
        MailKind.PasswordReset => Security(mail, Texts.Mail_PasswordReset, Texts.Mail_PasswordResetLead, Texts.Mail_PasswordNotYou),
        MailKind.TwoFactorTurnedOn => Security(
            mail, Texts.Mail_TwoFactorTurnedOn, Texts.Mail_TwoFactorTurnedOnLead, Texts.Mail_TwoFactorTurnedOnNotYou),
        MailKind.TwoFactorTurnedOff => Security(
            mail, Texts.Mail_TwoFactorTurnedOff, Texts.Mail_TwoFactorTurnedOffLead, Texts.Mail_TwoFactorTurnedOffNotYou),
        MailKind.RecoveryCodesReplaced => Security(
            mail, Texts.Mail_RecoveryCodesReplaced, Texts.Mail_RecoveryCodesReplacedLead, Texts.Mail_RecoveryCodesReplacedNotYou),
        MailKind.TwoFactorResetRequested => Security(
            mail, Texts.Mail_ResetRequested, Texts.FormatMail_ResetRequestedLead(Due(mail)), Texts.Mail_ResetRequestedNotYou) with
        {
            Preview = Texts.FormatMail_ResetRequestedPreview(Due(mail)),
            Closing = [Texts.Mail_IfYouAsked, Texts.Mail_ResetRequestedNotYou],
        },
        MailKind.TwoFactorReset => Security(mail, Texts.Mail_TwoFactorReset, Texts.Mail_TwoFactorResetLead, Texts.Mail_TwoFactorResetNotYou) with
        {
            Preview = Texts.Mail_TwoFactorResetLead,
            Closing = [Texts.Mail_TwoFactorResetYou, Texts.Mail_TwoFactorResetNotYou],
        },
        MailKind.PasskeyAdded => Security(mail, Texts.Mail_PasskeyAdded, Texts.Mail_PasskeyAddedLead, Texts.Mail_PasskeyAddedNotYou),
        MailKind.PasskeyRemoved => Security(mail, Texts.Mail_PasskeyRemoved, Texts.Mail_PasskeyRemovedLead, Texts.Mail_PasskeyRemovedNotYou),
        MailKind.ProviderLinked => Security(mail, Texts.Mail_ProviderLinked, Texts.Mail_ProviderLinkedLead, Texts.Mail_ProviderLinkedNotYou),
        MailKind.ProviderUnlinked => Security(
            mail, Texts.Mail_ProviderUnlinked, Texts.Mail_ProviderUnlinkedLead, Texts.Mail_ProviderUnlinkedNotYou),
        MailKind.ViewBegan => Notice(mail, Texts.Mail_ViewBegan, Texts.Mail_ViewBeganLead, Texts.Mail_ViewBeganNotYou) with
        {
            Preview = Texts.Mail_ViewBeganPreview,
            Button = (Texts.Common_OpenSessionManager, SessionsPage),
            Closing = [Texts.Mail_IfYouAsked, Texts.Mail_ViewBeganNotYou],
        },
        // Staff give a reason, owners don't. An owner keeps the account by signing in, which staff's request refuses.
        MailKind.DeletionRequested when mail.Reason is not null => Notice(
            mail, Texts.Mail_Deletion, Texts.FormatMail_DeletionByStaffLead(Due(mail))) with
        {
            Preview = Texts.FormatMail_DeletionPreview(Due(mail)),
            Button = (Texts.Mail_DeletionByStaffButton, "/" + Paths.Help),
            Closing = [Texts.Mail_DeletionByStaffKeep],
        },
        MailKind.DeletionRequested => Notice(mail, Texts.Mail_Deletion, Texts.FormatMail_DeletionLead(Due(mail))) with
        {
            Preview = Texts.FormatMail_DeletionPreview(Due(mail)),
            Button = (Texts.Mail_DeletionButton, SignInPage),
            Closing = [Texts.Mail_DeletionYou, Texts.Mail_DeletionNotYou],
        },
        _ => throw new ArgumentException($"There are no words for an email of the kind {mail.Kind}.", nameof(mail)),
    };

    /// <summary>A point in time in UTC: "18 November 2026, 12:03 UTC".</summary>
    internal static string Time(DateTimeOffset at) =>
        Texts.FormatMail_Time(at.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.CurrentCulture));

    /// <summary>A code in groups: of three if its length allows it, else of four.</summary>
    internal static string Grouped(string code) =>
        string.Join(' ', code.Chunk(code.Length % 3 == 0 ? 3 : 4).Select(group => new string(group)));

    // What the user asked for, and can do nothing without.
    private static Letter Asked(OutgoingMail mail, string subject, string lead, params string[] closing) =>
        new(subject, Texts.FormatMail_WorksOnce(Until(mail)), lead) { Facts = FactsOf(mail, Texts.Mail_AskedForBy), Closing = closing };

    private static Letter Security(OutgoingMail mail, string subject, string lead, string ifNot) =>
        Notice(mail, subject, lead, ifNot) with { Button = (Texts.Mail_OpenSecurity, SecurityPage) };

    private static Letter Notice(OutgoingMail mail, string subject, string lead, string? ifNot = null) => new(subject, Texts.Mail_WasThisYou, lead)
    {
        Facts = FactsOf(mail, Texts.Mail_Device),
        Closing = ifNot is null ? [] : [Texts.Mail_IfYou, ifNot],
        IsNotice = true,
    };

    private static List<(string Name, string Value)> FactsOf(OutgoingMail mail, string device)
    {
        List<(string, string)> facts = [];
        if (mail.Device is not null)
            facts.Add((device, TypedText.Isolate(mail.Device)));
        if (mail.Place is not null)
            facts.Add((Texts.Mail_Place, Where.Name(mail.Place)));
        facts.Add((Texts.Mail_When, Time(mail.At)));
        if (mail.Reason is not null)
            facts.Add((Texts.Mail_Reason, Texts.FormatView_Quoted(TypedText.Isolate(mail.Reason))));
        return facts;
    }

    private static string WasThisYou(OutgoingMail mail)
    {
        List<string> where = [];
        if (mail.Device is not null)
            where.Add(TypedText.Isolate(mail.Device));
        if (mail.Place is not null)
            where.Add(Where.Name(mail.Place));
        return where.Count == 0 ? Texts.Mail_WasThisYou : Texts.FormatMail_WasThisYouIn(Sentence.Enumerate(where));
    }

    private static string TokenOf(OutgoingMail mail) => mail.Token ?? throw Missing(mail, nameof(mail.Token));

    private static string Due(OutgoingMail mail) => Time(mail.DueAt ?? throw Missing(mail, nameof(mail.DueAt)));

    // On the same day, the time is enough.
    private static string Until(OutgoingMail mail)
    {
        var until = mail.ExpiresAt ?? throw Missing(mail, nameof(mail.ExpiresAt));
        return until.UtcDateTime.Date == mail.At.UtcDateTime.Date
            ? Texts.FormatMail_Time(until.UtcDateTime.ToString("HH:mm", CultureInfo.CurrentCulture))
            : Time(until);
    }

    private static ArgumentException Missing(OutgoingMail mail, string part) =>
        new($"An email of the kind {mail.Kind} needs a value for {part}.", nameof(mail));
}
