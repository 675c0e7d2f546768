using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Network;
using Accounts.Core.Callers;
using Accounts.Core.Providers;
using Accounts.Core.SignIn;
using Accounts.Web.Addresses;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;

namespace Accounts.Web.Providers;

/// <summary>Sends browsers to providers. Links lead here: a form may not redirect to another site.</summary>
/// <remarks>
/// Only a click on one of our own pages counts. Another site's link, a link in an email and a prefetch start nothing: whoever is signed in at a
/// provider would be signed in here without having asked for it.
/// </remarks>
internal static partial class ProviderEndpoints
{
    /// <summary>With any maximum age, a provider says when it last asked its user. This one never makes it ask again.</summary>
    private static readonly TimeSpan WheneverItWas = TimeSpan.FromDays(10_000);

    public static void MapProviders(this WebApplication app)
    {
        if (app.Services.GetRequiredService<SignInProviders>().All.Count == 0)
            return;
        app.MapGet(Paths.ProviderStart("{id}"), SignInAsync);
        app.MapGet(Paths.ProviderLinkStart("{id}"), (HttpContext context, string id, ProviderAccounts accounts) => InSessionAsync(
            context, id, Paths.LinkProvider(id), (caller, browser) => accounts.BeginAsync(caller, browser, id, context.RequestAborted), false))
            .RequireAuthorization();
        app.MapGet(Paths.ProviderProofStart("{id}"), (HttpContext context, string id, string? returnUrl, ProviderProof proof) => InSessionAsync(
            context, id, Paths.Security,
            (caller, browser) => proof.BeginAsync(caller, browser, id, LocalAddress.Find(returnUrl), context.RequestAborted), true))
            .RequireAuthorization();
        app.MapPost(Paths.ProviderLogout("{id}"), BackChannelLogout.ReceiveAsync).DisableAntiforgery();
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, string id, string? returnUrl, bool? keep, SignInProviders providers, ProviderSignIn signIn, ReturnAddress returns)
    {
        if (providers.Find(id) is not { } provider)
            return Results.NotFound();
        if (Refuse(context, ReturnAddress.OnTheWay(Paths.SignIn, returnUrl)) is { } refused)
            return refused;
        if (ReturnAddress.IsSignedInAlready(context))
            return Results.LocalRedirect(returns.OrHome(returnUrl));

        var page = ReturnAddress.OnTheWay(Paths.SignIn, returnUrl);
        return await GoAsync(context, id, page, provider.MayConfirm ? WheneverItWas : null, () =>
            signIn.BeginAsync(context.ToCallingBrowser(), id, LocalAddress.Find(returnUrl), keep is true, context.RequestAborted));
    }

    private static async Task<IResult> InSessionAsync(
        HttpContext context, string id, string page, Func<Caller, CallingBrowser, Task<BeginProviderOutcome>> begin, bool asksAgain)
    {
        if (context.RequestServices.GetRequiredService<SignInProviders>().Find(id) is not { } provider || (asksAgain && !provider.MayConfirm))
            return Results.NotFound();
        if (Refuse(context, page, inSession: true) is { } refused)
            return refused;
        if (await context.FindCallerAsync() is not { } caller)
            return Results.LocalRedirect(Paths.SignedOut);
        return caller.IsReadOnly
            ? Results.LocalRedirect(Paths.Security)
            : await GoAsync(context, id, page, asksAgain ? TimeSpan.Zero : null, () => begin(caller, context.ToCallingBrowser()));
    }

    /// <summary>Refuses what isn't a click on one of our pages; null if it is one.</summary>
    /// <remarks>A browser that doesn't send Fetch Metadata may sign in. To act in a session, it must say from which page it comes.</remarks>
    private static IResult? Refuse(HttpContext context, string page, bool inSession = false)
    {
        var headers = context.Request.Headers;
        // The browser discards a prefetch that failed, and asks again when the user clicks.
        if (headers["Sec-Purpose"].Count > 0 || headers["Purpose"].Count > 0)
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        var isClick = headers["Sec-Fetch-Site"] is [] or ["same-origin"] && headers["Sec-Fetch-Mode"] is [] or ["navigate"];
        if (inSession && headers["Sec-Fetch-Site"] is [])
            isClick = ReturnAddress.Before(context.Request) is not null;
        return isClick ? null : Results.LocalRedirect(page);
    }

    private static async Task<IResult> GoAsync(
        HttpContext context, string id, string page, TimeSpan? maximumAge, Func<Task<BeginProviderOutcome>> begin)
    {
        var scheme = ProviderSchemes.Of(id);
        try
        {
            var options = context.RequestServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(scheme);
            // Before anything is remembered: without it there's nowhere to go.
            _ = await options.ConfigurationManager!.GetConfigurationAsync(context.RequestAborted);
            switch (await begin())
            {
                case BeginProviderOutcome.Began { Token: var token }:
                    var properties = new OpenIdConnectChallengeProperties();
                    properties.Items[ProviderAnswers.Token] = token;
                    properties.MaxAge = maximumAge;
                    if (maximumAge == TimeSpan.Zero)
                        properties.Prompt = "login";
                    // It may push the request to the provider (RFC 9126).
                    await context.ChallengeAsync(scheme, properties);
                    return Results.Empty;
                case BeginProviderOutcome.CallerEnded:
                    return Results.LocalRedirect(Paths.SignedOut);
                case BeginProviderOutcome.ProofNeeded:
                    return Results.LocalRedirect(page);
                case BeginProviderOutcome.TooMany:
                    return Results.LocalRedirect(ProviderNotice.Of(new LinkOutcome.TooMany()).AtPage(context, Paths.Security, id));
                default:
                    return Results.LocalRedirect(ProviderNotice.Busy.AtPage(context, page, id));
            }
        }
        catch (Exception unreachable) when (unreachable.IsUnreachable(context.RequestAborted))
        {
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ProviderEndpoints).FullName!);
            Log.Unreachable(logger, id, ProviderFailure.Tidy(unreachable.GetBaseException().Message));
            return Results.LocalRedirect(ProviderNotice.Unreachable.AtPage(context, page, id));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The provider {Provider} can't be reached: {Why}")]
        public static partial void Unreachable(ILogger logger, string provider, string why);
    }
}
