using Accounts.AspNetCore.Cookies;
using Accounts.Core.Callers;
using Accounts.Core.Passkeys;

namespace Accounts.AspNetCore.Passkeys;

/// <summary>Asks browsers for passkeys and verifies their answers. Each takes two requests: one begins, and one brings the answer.</summary>
/// <remarks>
/// The page's script gives the options to <c>PublicKeyCredential.parseRequestOptionsFromJSON</c> or <c>parseCreationOptionsFromJSON</c>, and posts
/// the credential's <c>toJSON()</c> with the question's id. No method writes a cookie: do that with what it returns.
/// </remarks>
public static class PasskeyHttpContext
{
    /// <summary>Asks this browser for a passkey of any account, to sign in. Call it before the response starts.</summary>
    /// <exception cref="Core.Storage.DatabaseUnavailableException">The database did not answer; nothing began.</exception>
    public static async Task<BeginPasskeyOutcome> BeginPasskeySignInAsync(this HttpContext context)
    {
        var challenge = await new PasskeyVerifier(context).AskAsync(null);
        return await context.Of<PasskeySignIn>().BeginAsync(context.ToVisitingBrowser(), challenge, context.RequestAborted);
    }

    /// <summary>Signs a user in with the browser's answer. Then write the session with <see cref="SessionHttpContext.WriteSessionAsync"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">The question's id.</param>
    /// <param name="credentialJson">The browser's answer.</param>
    /// <param name="remember">"Keep me signed in".</param>
    /// <exception cref="Core.Storage.DatabaseUnavailableException">The database did not answer; no session started.</exception>
    public static async Task<PasskeySignInOutcome> SignInWithPasskeyAsync(this HttpContext context, string id, string credentialJson, bool remember)
    {
        var (signIn, verifier, browser) = (context.Of<PasskeySignIn>(), new PasskeyVerifier(context), context.ToCallingBrowser());
        switch (await signIn.OpenAsync(browser, id, PasskeyVerifier.FindAccount(credentialJson), context.RequestAborted))
        {
            case OpenPasskeyOutcome.Throttled { Wait: var wait }:
                return new PasskeySignInOutcome.Throttled(wait);
            case OpenPasskeyOutcome.Opened { Attempt: var attempt }:
                using (attempt)
                {
                    var verified = await verifier.VerifyAsync(attempt, credentialJson);
                    return await signIn.SignInAsync(browser, attempt, verified, remember, context.RequestAborted);
                }

            default:
                return new PasskeySignInOutcome.Refused();
        }
    }

    /// <summary>Asks the caller's browser for a passkey of the caller's account, to prove that it is still them.</summary>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing began.</exception>
    /// <exception cref="Core.Storage.DatabaseUnavailableException">The database did not answer; nothing began.</exception>
    public static async Task<BeginPasskeyOutcome> BeginPasskeyProofAsync(this HttpContext context, Caller caller)
    {
        if (await context.Of<PasskeyService>().FindAccountAsync(caller, context.RequestAborted) is not { } account)
            return new BeginPasskeyOutcome.CallerEnded();
        var challenge = await new PasskeyVerifier(context).AskAsync(account);
        return await context.Of<PasskeyProof>().BeginAsync(caller, challenge, context.RequestAborted);
    }

    /// <summary>
    /// Proves with the browser's answer that it is still the caller. Then write the session's new key with
    /// <see cref="SessionHttpContext.WriteTicketAsync"/>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="id">The question's id.</param>
    /// <param name="credentialJson">The browser's answer.</param>
    /// <exception cref="CallerRefusedException">The caller may never prove who they are here; nothing was checked.</exception>
    /// <exception cref="Core.Storage.DatabaseUnavailableException">The database did not answer; the session has no fresh proof.</exception>
    public static async Task<PasskeyProofOutcome> ProveWithPasskeyAsync(this HttpContext context, Caller caller, string id, string credentialJson)
    {
        var (proofs, verifier) = (context.Of<PasskeyProof>(), new PasskeyVerifier(context));
        switch (await proofs.OpenAsync(caller, id, context.RequestAborted))
        {
            case OpenPasskeyOutcome.Throttled { Wait: var wait }:
                return new PasskeyProofOutcome.Throttled(wait);
            case OpenPasskeyOutcome.Opened { Attempt: var attempt }:
                using (attempt)
                {
                    // Another account's passkey isn't among this account's, and its answer names the other account.
                    var verified = await verifier.VerifyAsync(attempt, credentialJson);
                    return await proofs.ProveAsync(caller, attempt, verified, context.RequestAborted);
                }

            default:
                return new PasskeyProofOutcome.Refused();
        }
    }

    /// <summary>Asks the caller's browser to make a passkey.</summary>
    /// <exception cref="CallerRefusedException">The caller may never add a passkey; nothing began.</exception>
    /// <exception cref="Core.Storage.DatabaseUnavailableException">The database did not answer; nothing began.</exception>
    public static async Task<BeginPasskeyOutcome> BeginPasskeyAsync(this HttpContext context, Caller caller)
    {
        var passkeys = context.Of<PasskeyService>();
        if (await passkeys.FindAccountAsync(caller, context.RequestAborted) is not { } account)
            return new BeginPasskeyOutcome.CallerEnded();
        var challenge = await new PasskeyVerifier(context).OfferAsync(account);
        return await passkeys.BeginAsync(caller, challenge, context.RequestAborted);
    }

    /// <summary>Adds the passkey in the browser's answer to the caller's account.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">The account's owner.</param>
    /// <param name="id">The question's id.</param>
    /// <param name="credentialJson">The browser's answer.</param>
    /// <exception cref="CallerRefusedException">The caller may never add a passkey; nothing was checked.</exception>
    /// <exception cref="Core.Storage.DatabaseUnavailableException">The database did not answer; nothing changed.</exception>
    public static async Task<AddPasskeyOutcome> AddPasskeyAsync(this HttpContext context, Caller caller, string id, string credentialJson)
    {
        var (passkeys, verifier) = (context.Of<PasskeyService>(), new PasskeyVerifier(context));
        if (await passkeys.OpenAsync(caller, id, context.RequestAborted) is not OpenPasskeyOutcome.Opened { Attempt: var attempt })
            return new AddPasskeyOutcome.Refused();
        using (attempt)
            return await passkeys.AddAsync(caller, attempt, await verifier.ReadNewAsync(attempt, credentialJson), context.RequestAborted);
    }

    private static T Of<T>(this HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
