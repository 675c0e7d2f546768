using System.Security.Claims;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Web.Addresses;
using Accounts.Web.Network;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;

namespace Accounts.Web.Cookies;

/// <summary>
/// The session cookie. Its ticket holds the session's id and key, but no claims. On every request, the authenticator says who the user is.
/// </summary>
internal static class SessionCookie
{
    public const string Scheme = "Accounts.Session";
    public const string Name = "__Host-accounts-session";

    /// <summary>Paths that only scripts request. They get a status code instead of a redirect.</summary>
    private static readonly string[] AskedByScripts = [ConnectionRules.HubPath, Paths.SessionState, Paths.Reauthenticate];

    private const string IdItem = "sid";
    private const string KeyItem = "key";

    public static void AddSessionCookie(this IServiceCollection services)
    {
        services.AddAuthentication(Scheme).AddCookie(Scheme, o =>
        {
            o.Cookie.Name = Name;
            o.Cookie.HttpOnly = true;
            o.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            o.Cookie.SameSite = SameSiteMode.Lax;
            o.Cookie.Path = "/";
            // The database row decides how long a session lasts. The ticket only has to outlive it.
            o.ExpireTimeSpan = TimeSpan.FromDays(400);
            o.SlidingExpiration = false;
            o.LoginPath = "/sign-in";
            o.ReturnUrlParameter = LocalAddress.Parameter;
            o.Events.OnRedirectToLogin = Redirect;
            o.Events.OnRedirectToAccessDenied = DenyExistence;
        });
        // Resolves the authenticator once instead of on every request.
        services.AddOptions<CookieAuthenticationOptions>(Scheme)
            .Configure<SessionAuthenticator>((o, authenticator) => o.Events.OnValidatePrincipal = context => ValidateAsync(context, authenticator));
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
    }

    /// <summary>
    /// Gives the browser the new session's ticket. It first ends the session that was signed in here, which may be another user's. Otherwise that
    /// session would have no key holder, and its open tabs would keep working.
    /// </summary>
    public static async Task WriteSessionAsync(this HttpContext context, StartedSession session)
    {
        if (context.Features.Get<LiveSession>() is { Kind: SessionKind.Browser } before
            && await context.RequestServices.GetRequiredService<SessionAuthenticator>().FindCallerAsync(before.Principal) is { } caller)
            await context.RequestServices.GetRequiredService<SessionService>().SignOutAsync(caller);

        await context.WriteTicketAsync(session);
    }

    /// <summary>Gives the browser a session's ticket: a new ticket, or the current one with a new key.</summary>
    public static Task WriteTicketAsync(this HttpContext context, StartedSession session)
    {
        var ticket = new AuthenticationProperties
        {
            IsPersistent = session.CookieExpiresAt is not null,
            ExpiresUtc = session.CookieExpiresAt,
            AllowRefresh = false,
        };
        ticket.Items[IdItem] = session.Id.ToString();
        ticket.Items[KeyItem] = session.Key.Reveal();
        return context.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity(Scheme)), ticket);
    }

    /// <summary>Reads the request's ticket, whether its session is live or ended; null if this server didn't issue one.</summary>
    public static (SessionId Id, string Key)? ReadTicket(this HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(Scheme);
        return options.CookieManager.GetRequestCookie(context, Name) is { } cookie && options.TicketDataFormat.Unprotect(cookie) is { } ticket
            ? Read(ticket.Properties)
            : null;
    }

    private static (SessionId Id, string Key)? Read(AuthenticationProperties ticket) =>
        ticket.Items.TryGetValue(KeyItem, out var key) && key is not null && ticket.Items.TryGetValue(IdItem, out var text) && SessionId.TryParse(text, out var id)
            ? (id, key)
            : null;

    private static async Task ValidateAsync(CookieValidatePrincipalContext context, SessionAuthenticator authenticator)
    {
        // A failure page must not fail again at the session lookup. It uses the session that the request already found.
        if (context.HttpContext.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            if (context.HttpContext.Features.Get<LiveSession>() is { } known)
                context.ReplacePrincipal(known.Principal);
            else
                context.RejectPrincipal();
            return;
        }

        if (Read(context.Properties) is not var (id, key) || await authenticator.AuthenticateAsync(id, key) is not { } session)
        {
            // Don't sign out on this response. That could delete the cookie that a parallel sign-in just set.
            context.RejectPrincipal();
            return;
        }

        context.ReplacePrincipal(session.Principal);
        context.HttpContext.Features.Set(session);
    }

    // A page that the user may not see answers 404, so it doesn't reveal that it exists.
    private static Task DenyExistence(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Task Redirect(RedirectContext<CookieAuthenticationOptions> context)
    {
        var request = context.Request;
        if (Array.Exists(AskedByScripts, path => request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)))
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else if (context.HttpContext.ReadTicket() is not null)
            context.Response.Redirect(Paths.SignedOut);
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
