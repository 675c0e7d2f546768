using Accounts.Core.Administration;
using Accounts.Web.Sessions;

namespace Accounts.Web.Administration;

/// <summary>What an administrator can do with an account. The name in lower case is the last part of its address.</summary>
internal enum AccountAct
{
    Role,
    Plan,
    EndSession,
    EndSessions,
    Disable,
    Enable,
    NewPassword,
    ResetTwoFactor,
    KeepTwoFactor,
    Delete,
    Restore,
}

/// <summary>The words of these acts.</summary>
internal static class AccountActText
{
    /// <summary>The act in an address; null if there is none.</summary>
    public static AccountAct? Find(string? part) =>
        Enum.GetValues<AccountAct>().Cast<AccountAct?>().FirstOrDefault(act => string.Equals(Part(act!.Value), part, StringComparison.Ordinal));

    /// <summary>The last part of the act's address.</summary>
    public static string Part(AccountAct act) => act switch
    {
        AccountAct.Role => "role",
        AccountAct.Plan => "plan",
        AccountAct.EndSession => "end-session",
        AccountAct.EndSessions => "end",
        AccountAct.Disable => "disable",
        AccountAct.Enable => "enable",
        AccountAct.ResetTwoFactor => "reset-two-factor",
        AccountAct.KeepTwoFactor => "keep-two-factor",
        AccountAct.Delete => "delete",
        AccountAct.Restore => "restore",
        _ => "new-password",
    };

    /// <summary>The page's title.</summary>
    public static string Question(AccountAct act, string name) => act switch
    {
        AccountAct.Role => Texts.FormatAdmin_RoleQuestion(name),
        AccountAct.Plan => Texts.FormatAdmin_PlanQuestion(name),
        AccountAct.EndSession => Texts.FormatAdmin_EndSessionQuestion(name),
        AccountAct.EndSessions => Texts.FormatSupport_EndQuestion(name),
        AccountAct.Disable => Texts.FormatAdmin_DisableQuestion(name),
        AccountAct.Enable => Texts.FormatAdmin_EnableQuestion(name),
        AccountAct.ResetTwoFactor => Texts.FormatAdmin_ResetTwoFactorQuestion(name),
        AccountAct.KeepTwoFactor => Texts.FormatAdmin_KeepTwoFactorQuestion(name),
        AccountAct.Delete => Texts.FormatAdmin_DeleteQuestion(name),
        AccountAct.Restore => Texts.FormatAdmin_RestoreQuestion(name),
        _ => Texts.FormatAdmin_NewPasswordQuestion(name),
    };

    /// <summary>What the act does, in a sentence or two.</summary>
    /// <param name="act">The act.</param>
    /// <param name="grace">How long a deleted account is kept.</param>
    public static string Does(AccountAct act, TimeSpan grace) => act switch
    {
        AccountAct.Role => Texts.Admin_RoleDoes,
        AccountAct.Plan => Texts.Admin_PlanDoes,
        AccountAct.EndSession => Texts.Admin_EndSessionDoes,
        AccountAct.EndSessions => Texts.Support_Stays,
        AccountAct.Disable => Texts.Admin_DisableDoes,
        AccountAct.Enable => Texts.Admin_EnableDoes,
        AccountAct.ResetTwoFactor => Texts.Admin_ResetTwoFactorDoes,
        AccountAct.KeepTwoFactor => Texts.Admin_KeepTwoFactorDoes,
        AccountAct.Delete => Texts.FormatAdmin_DeleteDoes(SessionText.Days(grace)),
        AccountAct.Restore => Texts.Admin_RestoreDoes,
        _ => Texts.Admin_NewPasswordDoes,
    };

    /// <summary>The button's text.</summary>
    public static string Button(AccountAct act) => act switch
    {
        AccountAct.Role => Texts.Admin_ChangeRole,
        AccountAct.Plan => Texts.Admin_ChangePlan,
        AccountAct.EndSession => Texts.Admin_EndSession,
        AccountAct.EndSessions => Texts.Support_End,
        AccountAct.Disable => Texts.Admin_Disable,
        AccountAct.Enable => Texts.Admin_Enable,
        AccountAct.ResetTwoFactor => Texts.Admin_ResetTwoFactor,
        AccountAct.KeepTwoFactor => Texts.Admin_KeepTwoFactor,
        AccountAct.Delete => Texts.Admin_Delete,
        AccountAct.Restore => Texts.Admin_Restore,
        _ => Texts.Admin_NewPassword,
    };

    /// <summary>Whether the act takes something away.</summary>
    public static bool IsDestructive(AccountAct act) =>
        act is AccountAct.EndSession or AccountAct.EndSessions or AccountAct.Disable or AccountAct.NewPassword or AccountAct.ResetTwoFactor
            or AccountAct.Delete;

    /// <summary>What to say once it's done.</summary>
    /// <param name="act">The act.</param>
    /// <param name="ended">How many sessions ended.</param>
    public static string Done(AccountAct act, int ended) => act switch
    {
        AccountAct.Role => Texts.Admin_RoleDone,
        AccountAct.Plan => Texts.Admin_PlanDone,
        AccountAct.EndSession or AccountAct.EndSessions => Plural.Of(nameof(Texts.Admin_EndedDone_other), ended),
        AccountAct.Disable => Plural.Of(nameof(Texts.Admin_DisabledDone_other), ended),
        AccountAct.Enable => Texts.Admin_EnabledDone,
        AccountAct.ResetTwoFactor => Texts.Admin_ResetTwoFactorDone,
        AccountAct.KeepTwoFactor => Texts.Admin_KeepTwoFactorDone,
        AccountAct.Delete => Plural.Of(nameof(Texts.Admin_DeletedDone_other), ended),
        AccountAct.Restore => Texts.Admin_RestoredDone,
        _ => Plural.Of(nameof(Texts.Admin_NewPasswordDone_other), ended),
    };

    /// <summary>The highest of an account's roles; null if it has none.</summary>
    public static string? Highest(IReadOnlyList<string> roles) =>
        roles.Contains(Roles.Administrator, StringComparer.Ordinal) ? Roles.Administrator
        : roles.Contains(Roles.Support, StringComparer.Ordinal) ? Roles.Support
        : null;
}
