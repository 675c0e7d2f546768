using Accounts.Core.Administration;
using Accounts.Web.SupportConsole;

namespace Accounts.Web.Administration;

/// <summary>The words of the list of users.</summary>
internal static class UsersText
{
    public static string Of(UserRoleFilter role) => role switch
    {
        UserRoleFilter.Support => SupportText.Role(Roles.Support),
        UserRoleFilter.Administrator => SupportText.Role(Roles.Administrator),
        _ => Texts.Users_NoRole,
    };

    public static string Of(UserStatus status) => status switch
    {
        UserStatus.Open => Texts.Users_Open,
        UserStatus.Disabled => Texts.Users_Disabled,
        _ => Texts.Users_ToBeDeleted,
    };
}
