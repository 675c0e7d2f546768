namespace Accounts.AspNetCore.Network;

/// <summary>Rules for every request, checked before anything else handles it.</summary>
internal static class RequestRules
{
    /// <summary>The address of Blazor's hub.</summary>
    public const string HubPath = "/_blazor";

    /// <summary>
    /// Refuses requests that another site's page sent, and new circuits while the server is stopping, so that a waiting client can't delay the stop.
    /// </summary>
    public static void UseRequestRules(this IApplicationBuilder app, RequestDelegate? respond)
    {
        var crossSite = new CrossSiteRequests(app.ApplicationServices.GetRequiredService<ILogger<CrossSiteRequests>>());
        var stopping = app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        app.Use((context, next) =>
        {
            if (crossSite.Refuses(context.Request))
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return respond is null ? Explain(context) : respond(context);
            }

            if (!stopping.IsCancellationRequested || !context.Request.Path.StartsWithSegments(HubPath, StringComparison.OrdinalIgnoreCase))
                return next(context);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
    }

    private static Task Explain(HttpContext context) => Results.Problem(
        statusCode: StatusCodes.Status403Forbidden,
        title: "Another site sent this request.",
        detail: "Open this application in your browser, and repeat what you wanted to do there.").ExecuteAsync(context);
}
