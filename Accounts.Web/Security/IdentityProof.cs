using Accounts.AspNetCore.Cookies;
using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Accounts.Web.SignIn;

namespace Accounts.Web.Security;

/// <summary>
/// Proves identity in a request: by password, by code or by both. The dialog on a live page and the page without a circuit post one.
/// </summary>
internal static class IdentityProof
{
    /// <summary>Checks what the caller gives. If it's right, the response sets the session's new key in the cookie.</summary>
    /// <returns>
    /// The response status: 204 proved, 401 session ended, 422, 429 or 503 refused. A refusal has a sentence that tells the user what to do, and
    /// says whether it is about the code.
    /// </returns>
    public static async Task<(int Status, string? Problem, bool OfCode)> ProveAsync(this Reauthentication reauthentication, HttpContext context,
        Caller caller, ReauthenticationInput input)
    {
        var onlyCode = input.Password.Length == 0 && input.Code.Trim().Length > 0 && input.EmailCode.Trim().Length == 0;
        switch (await reauthentication.ReauthenticateAsync(caller, input, context.RequestAborted))
        {
            case ReauthenticationOutcome.Proved { Session: var session }:
                await context.WriteTicketAsync(session);
                return (StatusCodes.Status204NoContent, null, false);
            case ReauthenticationOutcome.Busy { Wait: var wait }:
                return (StatusCodes.Status503ServiceUnavailable, Wait.Busy(context.Response, wait), onlyCode);
            case ReauthenticationOutcome.Throttled { Wait: var wait }:
                return (StatusCodes.Status429TooManyRequests, Wait.TooMany(context.Response, wait), onlyCode);
            case ReauthenticationOutcome.CallerEnded:
                return (StatusCodes.Status401Unauthorized, null, false);
            case ReauthenticationOutcome.WrongEmailCode:
                return (StatusCodes.Status422UnprocessableEntity, Texts.Proof_WrongEmailCode, false);
            case ReauthenticationOutcome.WrongCode { Check: var check }:
                return (StatusCodes.Status422UnprocessableEntity, ProofProblem.Of(check), true);
            default:
                return (
                    StatusCodes.Status422UnprocessableEntity,
                    input.Password.Length == 0 ? Texts.Input_EnterPassword : Texts.Form_WrongPassword,
                    false);
        }
    }

    /// <summary>Sends the caller a code by email.</summary>
    /// <returns>
    /// The response status: 204 sent, 401 session ended, 404 or 429 refused. A refusal has a sentence that tells the user what to do.
    /// </returns>
    public static async Task<(int Status, string? Problem)> SendCodeAsync(
        this Reauthentication reauthentication, HttpContext context, Caller caller) =>
        await reauthentication.SendCodeAsync(caller, context.RequestAborted) switch
        {
            SendCodeOutcome.Sent => (StatusCodes.Status204NoContent, null),
            SendCodeOutcome.CallerEnded => (StatusCodes.Status401Unauthorized, null),
            SendCodeOutcome.Throttled { Wait: var wait } => (StatusCodes.Status429TooManyRequests, Wait.TooMany(context.Response, wait)),
            _ => (StatusCodes.Status404NotFound, Texts.Proof_NoEmail),
        };
}
