using Accounts.Core.TwoFactor;
using Accounts.Web.Languages;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Security;

/// <summary>What to do when somebody else may know the password.</summary>
internal static class PasswordAdvice
{
    /// <summary>Leads to the password, and to two-factor while that is off.</summary>
    /// <param name="password">A sentence with a link to the password.</param>
    /// <param name="both">The same with a link to two-factor.</param>
    /// <param name="twoFactor">Whether it is on; null if that isn't known.</param>
    public static MarkupString Of(string password, string both, TwoFactorState? twoFactor) => Sentence.Of(
        twoFactor is { IsOn: false, MayTurnOn: true } ? both : password,
        ("link", new MarkupString("""<a href="settings/password">""")),
        ("factor", new MarkupString($"""<a href="{TurnOnPage.Path}">""")));
}
