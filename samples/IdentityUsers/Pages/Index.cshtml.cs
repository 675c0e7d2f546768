using Accounts.AspNetCore.Cookies;
using Accounts.Core.Callers;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityUsers.Pages;

/// <summary>The user's sessions. Whoever terminates one signs that browser out at once.</summary>
public sealed class IndexModel(SessionService sessions, UserManager<IdentityUser> users) : PageModel
{
    public IReadOnlyList<Session> Sessions { get; private set; } = [];

    public SessionId? Own { get; private set; }

    public string? UserName { get; private set; }

    [TempData] public string? Said { get; set; }

    public async Task OnGetAsync()
    {
        UserName = (await users.GetUserAsync(User))?.UserName;
        if (await HttpContext.FindCallerAsync() is not { } caller)
            return;
        Own = caller.SessionId;
        Sessions = await sessions.ListAsync(caller, HttpContext.RequestAborted);
    }

    public async Task<IActionResult> OnPostAsync(string id)
    {
        if (await HttpContext.FindCallerAsync() is not { } caller || !SessionId.TryParse(id, out var target))
            return RedirectToPage();
        Said = await sessions.TerminateAsync(caller, target, HttpContext.RequestAborted) switch
        {
            TerminateOutcome.Terminated => "The session has ended.",
            TerminateOutcome.ProofNeeded => "Your last sign-in is too long ago for this. Sign out, sign in again, and repeat it.",
            _ => "There is no such session any more.",
        };
        return RedirectToPage();
    }
}
