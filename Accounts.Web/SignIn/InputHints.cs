using Accounts.Core.Users;

namespace Accounts.Web.SignIn;

/// <summary>What stands below a field before anything is wrong with it.</summary>
internal static class InputHints
{
    public static readonly string NewPassword = $"At least {InputRules.PasswordMinimum} characters. Try three or four random words.";
}
