using Accounts.AspNetCore.Cookies;
using Accounts.Core.Sessions;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityUsers.Pages;

/// <summary>Says why the session ended, and tells the other device that this browser has left.</summary>
public sealed class SignedOutModel : PageModel
{
    public EndReason? Reason { get; private set; }

    public async Task OnGetAsync() => Reason = (await HttpContext.ConfirmSignedOutAsync())?.Reason;
}
