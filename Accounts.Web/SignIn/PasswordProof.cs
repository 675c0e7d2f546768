using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Web.Sessions;

namespace Accounts.Web.SignIn;

/// <summary>A proof by password in a request: the dialog on a live page posts one, and so does the page that asks without a circuit.</summary>
internal static class PasswordProof
{
    /// <summary>Checks the password of whoever is signed in. If it is theirs, the answer brings the session's new key in the cookie.</summary>
    /// <returns>The status of the answer and, where the person can do something about it, the sentence for them: 204 proved; 401 the session has ended; 422, 429 and 503 with a sentence.</returns>
    public static async Task<(int Status, string? Problem)> ProveAsync(this Reauthentication reauthentication, HttpContext context, Caller caller, string password)
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
