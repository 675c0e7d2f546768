using Accounts.AspNetCore.Cookies;
using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityUsers.Pages;

/// <summary>Identity checks the password, as before. Accounts starts the session.</summary>
public sealed class SignInModel(UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn, ProofDoor door) : PageModel
{
    public string? Said { get; private set; }

    public string Email { get; private set; } = "";

    // If the browser submits the form twice, only one session stays.
    public void OnGet() => HttpContext.OfferBrowserId();

    public async Task<IActionResult> OnPostAsync(string? email, string? password, string? returnUrl)
    {
        Email = email ?? "";
        if (await users.FindByEmailAsync(Email) is { } user)
        {
            // Open the door before you verify. If all of the user's sessions end in between, the proof no longer counts.
            var proof = await door.OpenAsync(new ExternalUser(user.Id, user.UserName!, user.Email), HttpContext.RequestAborted);
            if ((await signIn.CheckPasswordSignInAsync(user, password ?? "", lockoutOnFailure: true)).Succeeded
                && await door.SignInAsync(HttpContext.ToCallingBrowser(), proof, SignInMethods.Password, remember: true) is { } session)
            {
                await HttpContext.WriteSessionAsync(session);
                return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "/");
            }
        }

        Said = "The email or the password is wrong.";
        return Page();
    }
}
