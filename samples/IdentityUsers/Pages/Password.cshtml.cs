using Accounts.AspNetCore.Cookies;
using Accounts.Core.SignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityUsers.Pages;

/// <summary>Identity changes the password, as before. Accounts ends the user's other sessions.</summary>
public sealed class PasswordModel(
    UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn, ProofDoor door, ExternalUsers external) : PageModel
{
    public string? Said { get; private set; }

    public async Task<IActionResult> OnPostAsync(string? current, string? next)
    {
        if (await HttpContext.FindCallerAsync() is not { } caller || await users.GetUserAsync(User) is not { } user)
            return RedirectToPage("/SignIn");

        // Open the door before you verify, as for a sign-in.
        var proof = await door.OpenAsync(caller);
        if (proof is null || !(await signIn.CheckPasswordSignInAsync(user, current ?? "", lockoutOnFailure: true)).Succeeded)
            return Say("The current password is wrong.");

        var changed = await users.ChangePasswordAsync(user, current ?? "", next ?? "");
        if (!changed.Succeeded)
            return Say(string.Join(' ', changed.Errors.Select(error => error.Description)));

        // From here on nothing cancels: a browser that hangs up must not keep the other sessions alive.
        if (await door.ChangedPasswordAsync(caller, proof) is not { } ended)
        {
            // The proof no longer counts, for instance because all sessions ended meanwhile. A new password ends them in any case.
            await external.EndSessionsAsync(user.Id);
            return RedirectToPage("/SignedOut");
        }

        await HttpContext.WriteTicketAsync(ended.Session);
        return Say($"The password has changed. Other sessions that have ended: {ended.EndedSessions}.");
    }

    private PageResult Say(string text)
    {
        Said = text;
        return Page();
    }
}
