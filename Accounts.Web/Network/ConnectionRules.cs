namespace Accounts.Web.Network;

/// <summary>Rules for circuit connections, checked before anything else handles them.</summary>
internal static class ConnectionRules
{
    public const string HubPath = "/_blazor";

    /// <summary>Refuses new connections while the server is stopping, so that a waiting client can't delay the stop.</summary>
    public static void UseConnectionRules(this WebApplication app) => app.Use((context, next) =>
    {
        if (!app.Lifetime.ApplicationStopping.IsCancellationRequested
            || !context.Request.Path.StartsWithSegments(HubPath, StringComparison.OrdinalIgnoreCase))
            return next(context);

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    });
}
