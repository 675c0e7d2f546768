using Accounts.AspNetCore.Cookies;
using Accounts.Core.Sessions;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityUsers.Pages;

/// <summary>Says why the session ended, and tells the other device that this browser has left.</summary>
public sealed class SignedOutModel : PageModel
{
    public string Why { get; private set; } = "";

    public async Task OnGetAsync() => Why = (await HttpContext.ConfirmSignedOutAsync())?.Reason switch
    {
        EndReason.Terminated => "Another of your devices ended this session.",
        EndReason.PasswordChanged => "Your password was changed on another device.",
        EndReason.Expired => "Your session has expired.",
        EndReason.Revoked => "The shop ended all your sessions.",
        _ => "See you soon.",
    };
}
