using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Accounts.Web.Sessions;

namespace Accounts.Web.SupportConsole;

/// <summary>The console's words about somebody else's account.</summary>
internal static class SupportText
{
    /// <summary>Why a session ended, how and by whom: "Terminated · By the owner, from Chrome 156 on Windows 11".</summary>
    public static string Of(SupportEnding ending) => ending.Session.Ending?.Reason switch
    {
        EndReason.SignedOut => Texts.Reason_SignedOutThere,
        EndReason.Replaced => Texts.Reason_ReplacedThere,
        { } reason => SessionText.Joined(SessionText.Reason(reason), How(ending, reason)),
        null => "",
    };

    /// <summary>What was refused and how often: "Wrong password, 5 times".</summary>
    public static string Of(RefusedAttempt refused)
    {
        var what = refused.Reason switch
        {
            RefusedAttemptReason.Throttled => Texts.Support_RefusedTooMany,
            RefusedAttemptReason.AccountDisabled => Texts.Support_RefusedDisabled,
            RefusedAttemptReason.WrongCode => Texts.Support_RefusedCode,
            RefusedAttemptReason.WrongPasskey => Texts.Support_RefusedPasskey,
            _ => Texts.Support_RefusedWrong,
        };
        return refused.Count == 1 ? what : Texts.FormatSupport_RefusedTimes(what, Plural.Of(nameof(Texts.Refused_Times_other), refused.Count));
    }

    /// <summary>The names of an owner's roles.</summary>
    public static string Roles(IReadOnlyList<string> roles) => Sentence.List([.. roles.Select(Role)]);

    /// <summary>The name of a role.</summary>
    /// <param name="role">One of <see cref="Core.Administration.Roles.All"/>, or an application's own; null for a user without one.</param>
    public static string Role(string? role) => role switch
    {
        null => Texts.Users_User,
        Core.Administration.Roles.Support => Texts.Support_RoleSupport,
        Core.Administration.Roles.Administrator => Texts.Support_RoleAdministrator,
        _ => TypedText.Isolate(role),
    };

    private static string? How(SupportEnding ending, EndReason reason) => (ending.By, reason, ending.From, ending.Expiry) switch
    {
        (EndedBy.Clock, _, _, { Absolute: true, Length: var length }) => Texts.FormatHow_AbsoluteExpiry(SessionText.Days(length)),
        (EndedBy.Clock, _, _, { Length: var length }) => Texts.FormatHow_IdleExpiry(SessionText.Days(length)),
        (EndedBy.Clock, _, _, _) => null,
        (EndedBy.Operator, _, _, _) => Texts.How_Revoked,
        (EndedBy.Staff, _, _, _) => ending.StaffName is { } name ? Texts.FormatSupport_ByStaff(TypedText.Isolate(name)) : Texts.How_Support,
        (_, EndReason.LimitReached, { } device, _) => Texts.FormatHow_LimitReached(SessionText.Browser(device)),
        (_, EndReason.LimitReached, _, _) => Texts.How_LimitReachedByAnother,
        (_, _, { } device, _) => Texts.FormatSupport_ByOwner(SessionText.Browser(device)),
        _ => Texts.Support_ByOwnerElsewhere,
    };
}
