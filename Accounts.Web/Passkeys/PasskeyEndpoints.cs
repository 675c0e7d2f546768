using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Passkeys;
using Accounts.Core.Callers;
using Accounts.Core.Passkeys;
using Accounts.Web.Addresses;
using Accounts.Web.SignIn;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;

namespace Accounts.Web.Passkeys;

/// <summary>Asks for passkeys and takes the answers. Scripts post here (passkeys.js), with the token of their page's form.</summary>
/// <remarks>
/// The first request of each pair returns JSON with the question's id and the options. The second returns where to go as plain text, or no content.
/// A refusal returns a sentence for the user. For an answer that doesn't count it is always the same one; the log says why.
/// </remarks>
internal static class PasskeyEndpoints
{
    private const string SignInPath = "/sign-in/passkey";
    private const string ProofPath = "/session/passkey";
    private const string AddPath = "/session/new-passkey";
    private const string Options = "/options";

    /// <summary>Far more than an answer needs.</summary>
    private const int MostBytes = 64 * 1024;

    public static void MapPasskeys(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<PasskeyOptions>().Enabled)
            return;
        app.MapPost(SignInPath + Options, BeginSignInAsync).DisableAntiforgery();
        app.MapPost(SignInPath, SignInAsync).DisableAntiforgery();
        Map(ProofPath + Options, (context, caller, _) => BeganAsync(context, context.BeginPasskeyProofAsync(caller)));
        Map(ProofPath, ProveAsync);
        Map(AddPath + Options, (context, caller, _) => BeganAsync(context, context.BeginPasskeyAsync(caller)));
        Map(AddPath, AddAsync);

        void Map(string path, Func<HttpContext, Caller, Answer, Task<IResult>> act) => app
            .MapPost(path, async (HttpContext context, IAntiforgery antiforgery) =>
            {
                // This reads the body, which may take long. So the caller comes after it.
                var answer = await ReadAsync(context, antiforgery);
                if (await context.FindCallerAsync() is not { } caller)
                    return Results.Unauthorized();
                if (answer is null)
                    return Results.Text(Texts.Common_PageExpired, statusCode: StatusCodes.Status400BadRequest);
                return caller.IsReadOnly ? Results.StatusCode(StatusCodes.Status403Forbidden) : await act(context, caller, answer);
            })
            .RequireAuthorization().DisableCookieRedirect().DisableAntiforgery();
    }

    private static async Task<IResult> BeginSignInAsync(HttpContext context, IAntiforgery antiforgery) =>
        await ReadAsync(context, antiforgery) is null
            ? Results.Text(Texts.Common_PageExpired, statusCode: StatusCodes.Status400BadRequest)
            : await BeganAsync(context, context.BeginPasskeySignInAsync());

    private static async Task<IResult> SignInAsync(HttpContext context, IAntiforgery antiforgery, ReturnAddress returns)
    {
        if (await ReadAsync(context, antiforgery) is not { } answer)
            return Results.Text(Texts.Common_PageExpired, statusCode: StatusCodes.Status400BadRequest);
        switch (await context.SignInWithPasskeyAsync(answer.Id, answer.Credential, answer.Remember))
        {
            case PasskeySignInOutcome.SignedIn { Session: var session }:
                await context.WriteSessionAsync(session);
                return Results.Text(returns.OrHome(answer.ReturnUrl));
            case PasskeySignInOutcome.AccountDisabled:
                return Results.Text(Texts.SignIn_AccountDisabled, statusCode: StatusCodes.Status403Forbidden);
            case PasskeySignInOutcome.NewPasswordRequired:
                return Results.Text(Texts.Passkeys_NewPassword, statusCode: StatusCodes.Status403Forbidden);
            case PasskeySignInOutcome.DeletionPending { ByOwner: var byOwner }:
                return Results.Text(
                    byOwner ? Texts.Passkeys_DeletionPending : Texts.Passkeys_DeletionByAdministrator, statusCode: StatusCodes.Status403Forbidden);
            case PasskeySignInOutcome.Throttled { Wait: var wait }:
                return TooMany(context, wait);
            default:
                return Results.Text(Texts.Passkeys_DidNotWork, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static async Task<IResult> ProveAsync(HttpContext context, Caller caller, Answer answer)
    {
        switch (await context.ProveWithPasskeyAsync(caller, answer.Id, answer.Credential))
        {
            case PasskeyProofOutcome.Proved { Session: var session }:
                await context.WriteTicketAsync(session);
                return Results.NoContent();
            case PasskeyProofOutcome.Throttled { Wait: var wait }:
                return TooMany(context, wait);
            default:
                return Results.Text(Texts.Passkeys_ProofDidNotWork, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static async Task<IResult> AddAsync(HttpContext context, Caller caller, Answer answer) =>
        await context.AddPasskeyAsync(caller, answer.Id, answer.Credential) switch
        {
            AddPasskeyOutcome.Added { Passkey.Id: var id } => Results.Text($"{PasskeySection.AddressOf(id)}?added=true"),
            AddPasskeyOutcome.AlreadyAdded => Results.Text(Texts.Passkeys_AlreadyAdded, statusCode: StatusCodes.Status409Conflict),
            AddPasskeyOutcome.TooMany => TooManyPasskeys(),
            AddPasskeyOutcome.ProofNeeded => ProofNeeded(),
            AddPasskeyOutcome.CallerEnded => Results.Unauthorized(),
            _ => Results.Text(Texts.Passkeys_AddDidNotWork, statusCode: StatusCodes.Status422UnprocessableEntity),
        };

    private static async Task<IResult> BeganAsync(HttpContext context, Task<BeginPasskeyOutcome> begin) => await begin switch
    {
        // The id is base64url.
        BeginPasskeyOutcome.Began began => Results.Text($$"""{"id":"{{began.Id}}","options":{{began.OptionsJson}}}""", "application/json"),
        BeginPasskeyOutcome.Throttled { Wait: var wait } => TooMany(context, wait),
        BeginPasskeyOutcome.TooMany => TooManyPasskeys(),
        BeginPasskeyOutcome.ProofNeeded => ProofNeeded(),
        _ => Results.Unauthorized(),
    };

    private static IResult TooMany(HttpContext context, TimeSpan wait)
    {
        var said = Wait.TooMany(context.Response, wait);
        return Results.Text(said, statusCode: StatusCodes.Status429TooManyRequests);
    }

    private static IResult TooManyPasskeys() => Results.Text(
        Texts.FormatPasskeys_TooMany(PasskeyOptions.MaximumPerUser), statusCode: StatusCodes.Status409Conflict);

    // The page asks for it when it loads again.
    private static IResult ProofNeeded() => Results.Text(Texts.Common_PageExpired, statusCode: StatusCodes.Status403Forbidden);

    /// <summary>Reads the posted form; null if it isn't one of this page's.</summary>
    private static async Task<Answer?> ReadAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MostBytes;
        if (!await antiforgery.IsRequestValidAsync(context))
            return null;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        return new Answer(
            form["id"].ToString(),
            form["credential"].ToString(),
            string.Equals(form["remember"], "true", StringComparison.Ordinal),
            form["returnUrl"]);
    }

    /// <param name="Id">The question's id; "" in a request that asks for one.</param>
    /// <param name="Credential">The browser's answer as JSON.</param>
    /// <param name="Remember">"Keep me signed in".</param>
    /// <param name="ReturnUrl">Where to go after a sign-in.</param>
    private sealed record Answer(string Id, string Credential, bool Remember, string? ReturnUrl);
}
