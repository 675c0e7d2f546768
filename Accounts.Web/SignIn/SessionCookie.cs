using System.Security.Claims;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Web.Network;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;

namespace Accounts.Web.SignIn;

/// <summary>The cookie of a session: its ticket holds the session's id and key and no claims. Who the person is comes from the registry, on every request.</summary>
internal static class SessionCookie
{
    public const string Scheme = "Accounts.Session";
    public const string Name = "__Host-accounts-session";

    /// <summary>What no person looks at: a refusal there is an answer, not another page.</summary>
    private static readonly string[] AskedByScripts = [ConnectionRules.HubPath, SessionEndpoints.StatePath, SessionEndpoints.ReauthenticatePath];

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
            // The row decides how long a session lasts; a ticket just must not end before it.
            o.ExpireTimeSpan = TimeSpan.FromDays(400);
            o.SlidingExpiration = false;
            o.LoginPath = "/sign-in";
            o.ReturnUrlParameter = LocalAddress.Parameter;
            o.Events.OnRedirectToLogin = Redirect;
            o.Events.OnRedirectToAccessDenied = DenyExistence;
        });
        // The registry is looked up once, and not on every request.
        services.AddOptions<CookieAuthenticationOptions>(Scheme)
            .Configure<SessionRegistry>((o, registry) => o.Events.OnValidatePrincipal = context => ValidateAsync(context, registry));
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
    }

    /// <summary>
    /// Gives a browser the ticket of the session that has just started. A session that was signed in here until now, somebody else's for example, ends:
    /// nobody would hold its key any more, and its open tabs would go on as if nothing had happened.
    /// </summary>
    public static async Task WriteSessionAsync(this HttpContext context, StartedSession session)
    {
        if (context.Features.Get<LiveSession>() is { } before)
            await context.RequestServices.GetRequiredService<SessionService>().SignOutAsync(before.ToCaller());

        await context.WriteTicketAsync(session);
    }

    /// <summary>Gives a browser the ticket of a session: a new one, or the one that it has with another key.</summary>
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

    /// <summary>What the ticket in a request says, of a live session or of an ended one; null if there is none that this server has made.</summary>
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

    private static async Task ValidateAsync(CookieValidatePrincipalContext context, SessionRegistry registry)
    {
        // The page that tells of a failure must not fail on it again: it goes by what was known before.
        if (context.HttpContext.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            if (context.HttpContext.Features.Get<LiveSession>() is { } known)
                context.ReplacePrincipal(known.Principal);
            else
                context.RejectPrincipal();
            return;
        }

        if (Read(context.Properties) is not var (id, key) || await registry.AuthenticateAsync(id, key) is not { } session)
        {
            // Not signed out on this response: that could delete the cookie that a sign-in beside it has just set.
            context.RejectPrincipal();
            return;
        }

        context.ReplacePrincipal(session.Principal);
        context.HttpContext.Features.Set(session);
    }

    // What is not for somebody does not exist for them: no word about what is here.
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
            context.Response.Redirect(SessionEndpoints.SignedOutPath);
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
