using Accounts.AspNetCore.Cookies;
using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Accounts.Web.SignIn;

namespace Accounts.Web.Security;

/// <summary>Proves identity by password in a request. Both the dialog on a live page and the page without a circuit post one.</summary>
internal static class PasswordProof
{
    /// <summary>Checks the caller's password. If it's correct, the response sets the session's new key in the cookie.</summary>
    /// <returns>
    /// The response status: 204 proved, 401 session ended, 422, 429 or 503 refused. A refusal has a sentence that tells the user what to do.
    /// </returns>
    public static async Task<(int Status, string? Problem)> ProveAsync(this Reauthentication reauthentication, HttpContext context,
        Caller caller, string password)
    {
        switch (await reauthentication.ReauthenticateAsync(caller, password, context.RequestAborted))
        {
            case ReauthenticationOutcome.Proved { Session: var session }:
                await context.WriteTicketAsync(session);
                return (StatusCodes.Status204NoContent, null);
            case ReauthenticationOutcome.Busy { Wait: var wait }:
                return (StatusCodes.Status503ServiceUnavailable, Wait.Busy(context.Response, wait));
            case ReauthenticationOutcome.Throttled { Wait: var wait }:
                return (StatusCodes.Status429TooManyRequests, Wait.TooMany(context.Response, wait));
            case ReauthenticationOutcome.CallerEnded:
                return (StatusCodes.Status401Unauthorized, null);
            default:
                return (StatusCodes.Status422UnprocessableEntity, password.Length == 0 ? Texts.Input_EnterPassword : Texts.Form_WrongPassword);
        }
    }
}
