using Accounts.AspNetCore.Cookies;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.SignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityUsers.Pages;

/// <summary>Identity changes the password, as before. Accounts ends the user's other sessions.</summary>
public sealed class PasswordModel(
    UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn, ProofDoor door, SessionService sessions) : PageModel
{
    public string? Said { get; private set; }

    public async Task<IActionResult> OnPostAsync(string? current, string? next)
    {
        if (await HttpContext.FindCallerAsync() is not { } caller || await users.GetUserAsync(User) is not { } user)
            return RedirectToPage("/SignIn");

        var proof = await door.OpenAsync(caller);
        if (proof is null || !(await signIn.CheckPasswordSignInAsync(user, current ?? "", lockoutOnFailure: true)).Succeeded)
            return Say("The current password is wrong.");

        // Ending sessions needs a fresh proof, and the current password is one. It counts from this browser's next request on, so the browser sends
        // the form again.
        if (sessions.NeedsProof(caller))
        {
            if (await door.ReauthenticateAsync(caller, proof, SignInMethods.Password) is not { } rekeyed)
                return RedirectToPage("/SignIn");
            await HttpContext.WriteTicketAsync(rekeyed);
            return RedirectToPagePreserveMethod();
        }

        var changed = await users.ChangePasswordAsync(user, current ?? "", next ?? "");
        if (!changed.Succeeded)
            return Say(string.Join(' ', changed.Errors.Select(error => error.Description)));

        // From here on nothing cancels: a browser that hangs up must not keep the other sessions alive.
        return await sessions.SignOutEverywhereAsync(caller) is EndSessionsOutcome.Ended { Count: var count }
            ? Say($"The password has changed. Other sessions that have ended: {count}.")
            : Say("The password has changed, but your other sessions haven’t ended. End them under “Your sessions”.");
    }

    private PageResult Say(string text)
    {
        Said = text;
        return Page();
    }
}
