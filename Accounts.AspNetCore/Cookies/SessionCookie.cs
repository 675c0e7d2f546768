using System.Security.Claims;
using Accounts.AspNetCore.Network;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace Accounts.AspNetCore.Cookies;

/// <summary>
/// The session cookie. Its ticket holds the session's id and key, but no claims. On every request, the authenticator says who the user is.
/// </summary>
internal static class SessionCookie
{
    private const string IdItem = "sid";
    private const string KeyItem = "key";
    private const string ParentIdItem = "parent_sid";
    private const string ParentKeyItem = "parent_key";

    public static void AddSessionCookie(this AuthenticationBuilder authentication)
    {
        authentication.AddCookie(AccountsSession.Scheme, o =>
        {
            o.Cookie.Name = AccountsSession.CookieName;
            o.Cookie.HttpOnly = true;
            o.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            o.Cookie.SameSite = SameSiteMode.Lax;
            o.Cookie.Path = "/";
            // The database row decides how long a session lasts. The ticket only has to outlive it.
            o.ExpireTimeSpan = TimeSpan.FromDays(400);
            o.SlidingExpiration = false;
            o.ReturnUrlParameter = AccountsSession.ReturnUrlParameter;
        });
        // Resolves the authenticator once instead of on every request.
        authentication.Services.AddOptions<CookieAuthenticationOptions>(AccountsSession.Scheme)
            .Configure<SessionAuthenticator, IOptions<AccountsSessionOptions>, IServiceScopeFactory>((o, authenticator, paths, scopes) =>
            {
                o.LoginPath = paths.Value.SignInPath;
                var signedOut = paths.Value.SignedOutPath;
                var copies = HasTransformation(scopes);
                o.Events.OnValidatePrincipal = context => ValidateAsync(context, authenticator, copies);
                // The page that signs in decides where to go. The framework would follow whatever address the query names.
                o.Events.OnRedirectToReturnUrl = static _ => Task.CompletedTask;
                o.Events.OnRedirectToLogin = context => Redirect(context, signedOut);
                o.Events.OnRedirectToAccessDenied = Deny;
            });
    }

    /// <summary>A new ticket for a session.</summary>
    public static AuthenticationProperties NewTicket(SessionId id, string key, DateTimeOffset? expiresAt)
    {
        var ticket = new AuthenticationProperties { IsPersistent = expiresAt is not null, ExpiresUtc = expiresAt, AllowRefresh = false };
        ticket.Items[IdItem] = id.ToString();
        ticket.Items[KeyItem] = key;
        return ticket;
    }

    /// <summary>
    /// A new ticket for a view of support. It keeps the session in which the view began, and lasts as long as that session's own ticket does.
    /// </summary>
    public static AuthenticationProperties NewViewTicket(SessionId view, string key, AuthenticationProperties parent)
    {
        var ticket = NewTicket(view, key, parent.IsPersistent ? parent.ExpiresUtc : null);
        ticket.Items[ParentIdItem] = parent.Items[IdItem];
        ticket.Items[ParentKeyItem] = parent.Items[KeyItem];
        return ticket;
    }

    /// <summary>The ticket that a view's ticket keeps, as it was; null if the ticket isn't a view's.</summary>
    public static AuthenticationProperties? ParentOf(AuthenticationProperties view) => ReadParent(view) is var (id, key)
        ? NewTicket(id, key, view.IsPersistent ? view.ExpiresUtc : null)
        : null;

    /// <summary>Reads a request's ticket, whether its session is live or ended; null if this application didn't issue one.</summary>
    public static (SessionId Id, string Key)? Read(HttpContext context) => ReadTicket(context) is { } ticket ? Read(ticket) : null;

    /// <summary>Reads the session in which a view of support began from the view's ticket; null if the ticket isn't a view's.</summary>
    public static (SessionId Id, string Key)? ReadParent(HttpContext context) => ReadTicket(context) is { } ticket ? ReadParent(ticket) : null;

    /// <summary>Reads a request's ticket with all that it holds; null if this application didn't issue one.</summary>
    public static AuthenticationProperties? ReadTicket(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(AccountsSession.Scheme);
        return options.CookieManager.GetRequestCookie(context, AccountsSession.CookieName) is { } cookie
            ? options.TicketDataFormat.Unprotect(cookie)?.Properties
            : null;
    }

    private static (SessionId Id, string Key)? Read(AuthenticationProperties ticket) => Read(ticket, IdItem, KeyItem);

    private static (SessionId Id, string Key)? ReadParent(AuthenticationProperties ticket) => Read(ticket, ParentIdItem, ParentKeyItem);

    private static (SessionId Id, string Key)? Read(AuthenticationProperties ticket, string idItem, string keyItem) =>
        ticket.Items.TryGetValue(keyItem, out var key) && key is not null && ticket.Items.TryGetValue(idItem, out var text)
            && SessionId.TryParse(text, out var id)
            ? (id, key)
            : null;

    // All requests of a session share its principal. A transformation may add claims to it, and they must not stay.
    private static bool HasTransformation(IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        return scope.ServiceProvider.GetService<IClaimsTransformation>() is not (null or NoopClaimsTransformation);
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context, SessionAuthenticator authenticator, bool copies)
    {
        // A failure page must not fail again at the session lookup. It uses the session that the request already found.
        if (context.HttpContext.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            if (context.HttpContext.Features.Get<LiveSession>() is { } known)
                Accept(context, known, copies);
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

        Accept(context, session, copies);
        context.HttpContext.Features.Set(session);
    }

    private static void Accept(CookieValidatePrincipalContext context, LiveSession session, bool copies)
    {
        // The principal's own Clone shares its identities.
        context.ReplacePrincipal(
            copies ? new ClaimsPrincipal(session.Principal.Identities.Select(identity => identity.Clone())) : session.Principal);
    }

    private static Task Redirect(RedirectContext<CookieAuthenticationOptions> context, PathString signedOut)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (IsForScripts(context.HttpContext))
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else if (Read(context.HttpContext) is not null)
            context.Response.Redirect(context.Request.PathBase + signedOut);
        // An address that is too long to return to would make the sign-in page's own address too long for the server.
        else if (LocalAddress.Find(context.Request.PathBase + context.Request.Path + context.Request.QueryString) is null)
            context.Response.Redirect(context.Request.PathBase + context.Options.LoginPath);
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    private static Task Deny(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    // A script can't follow a redirect to a page. The framework marks endpoints that only scripts and programs call.
    private static bool IsForScripts(HttpContext context) =>
        (context.GetEndpoint()?.Metadata is { } metadata
            && metadata.GetMetadata<IDisableCookieRedirectMetadata>() is not null && metadata.GetMetadata<IAllowCookieRedirectMetadata>() is null)
        || context.Request.Headers.XRequestedWith == "XMLHttpRequest";
}
