using Accounts.AspNetCore.Cookies;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.SignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityUsers.Pages;

/// <summary>Identity changes the password, as before. Accounts ends the user's other sessions.</summary>
public sealed class PasswordModel(UserManager<IdentityUser> users, ProofDoor door, SessionService sessions) : PageModel
{
    public string? Said { get; private set; }

    public bool OthersLive { get; private set; }

    public async Task<IActionResult> OnPostAsync(string current, string next)
    {
        if (await HttpContext.FindCallerAsync() is not { } caller || await users.GetUserAsync(User) is not { } user)
            return RedirectToPage("/SignIn");

        // Ending sessions asks for a fresh proof, and the current password is one. It counts from this browser's next request on.
        var proof = await door.OpenAsync(caller, HttpContext.RequestAborted);
        var changed = await users.ChangePasswordAsync(user, current, next);
        if (!changed.Succeeded || proof is null)
        {
            Said = string.Join(' ', changed.Errors.Select(error => error.Description));
            return Page();
        }

        if (await door.ReauthenticateAsync(caller, proof, SignInMethods.Password, HttpContext.RequestAborted) is { } rekeyed)
            await HttpContext.WriteTicketAsync(rekeyed);
        return sessions.NeedsProof(caller) ? Unfinished() : await EndOthersAsync(caller);
    }

    public async Task<IActionResult> OnPostEndOthersAsync() =>
        await HttpContext.FindCallerAsync() is { } caller ? await EndOthersAsync(caller) : RedirectToPage("/SignIn");

    private async Task<IActionResult> EndOthersAsync(Caller caller)
    {
        if (await sessions.SignOutEverywhereAsync(caller, HttpContext.RequestAborted) is not EndSessionsOutcome.Ended { Count: var count })
            return Unfinished();
        Said = $"The password has changed, and {count} other sessions have ended.";
        return Page();
    }

    private PageResult Unfinished()
    {
        (Said, OthersLive) = ("The password has changed. Now end your other sessions.", true);
        return Page();
    }
}
