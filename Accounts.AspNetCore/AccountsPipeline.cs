using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Devices;
using Accounts.AspNetCore.Gate;
using Accounts.AspNetCore.Network;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds Accounts to the request pipeline.</summary>
public static class AccountsPipeline
{
    /// <summary>
    /// Adds all that Accounts does for a request, in this order: known proxies, refusal of other sites' requests, Client Hints, authentication,
    /// authorization, and activity. Call it once, in place of <c>UseAuthentication</c> and <c>UseAuthorization</c>. It comes before
    /// <c>UseHttpsRedirection</c>, <c>UseHsts</c> and <c>UseAntiforgery</c>: behind a proxy, they need the known proxies.
    /// </summary>
    public static IApplicationBuilder UseAccounts(this IApplicationBuilder app)
    {
        app.UseAccountsProxies();
        app.UseAccountsRequestRules();
        app.UseAccountsClientHints();
        app.UseAuthentication();
        app.UseAuthorization();
        return app.UseAccountsActivity();
    }

    /// <summary>
    /// Finds each request's client address: it uses the forwarding headers of <see cref="NetworkOptions.KnownProxies"/>, and ignores all others. A
    /// part of <see cref="UseAccounts"/>, for a pipeline of your own. It comes first.
    /// </summary>
    public static IApplicationBuilder UseAccountsProxies(this IApplicationBuilder app)
    {
        app.UseKnownProxies();
        return app;
    }

    /// <summary>
    /// Refuses requests that another site's page sends through a user's browser, new circuits while the server stops, and the end of another
    /// session's circuit. A part of <see cref="UseAccounts"/>, for a pipeline of your own. It comes before authentication.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <param name="respond">Writes the response to a request of another site, whose status 403 is already set; null for problem details.</param>
    public static IApplicationBuilder UseAccountsRequestRules(this IApplicationBuilder app, RequestDelegate? respond = null)
    {
        app.UseRequestRules(respond);
        app.UseCircuitDisconnects();
        return app;
    }

    /// <summary>
    /// Makes pages ask browsers for Client Hints, which name devices better than the User-Agent does. A part of <see cref="UseAccounts"/>, for a
    /// pipeline of your own.
    /// </summary>
    public static IApplicationBuilder UseAccountsClientHints(this IApplicationBuilder app)
    {
        app.UseClientHints();
        return app;
    }

    /// <summary>
    /// Counts a session's activity and the pages that it opened. A part of <see cref="UseAccounts"/>, for a pipeline of your own. It comes after
    /// authorization.
    /// </summary>
    public static IApplicationBuilder UseAccountsActivity(this IApplicationBuilder app)
    {
        app.UseRequestActivity();
        return app;
    }

    /// <summary>
    /// Maps two endpoints. <c>GET /session/state</c> answers 204 while the browser's session is live and 401 from its end on. <c>POST /sign-out</c>
    /// signs the browser out and leads to the signed-out page; its form needs an antiforgery token.
    /// </summary>
    public static IEndpointRouteBuilder MapAccountsEndpoints(this IEndpointRouteBuilder endpoints)
    {
        SessionGate.MapState(endpoints);
        endpoints.MapSignOut();
        return endpoints;
    }
}
