namespace Accounts.Web.Network;

/// <summary>What a connection for a circuit must keep to before anything looks at it.</summary>
internal static class ConnectionRules
{
    public const string HubPath = "/_blazor";

    /// <summary>
    /// Refuses circuits that another site's page asks for (a WebSocket carries the cookies of this site wherever it is opened), and new ones
    /// while the server is stopping, so that a waiting client cannot hold it.
    /// </summary>
    public static void UseConnectionRules(this WebApplication app) => app.Use((context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments(HubPath, StringComparison.OrdinalIgnoreCase))
            return next(context);

        var refusal = app.Lifetime.ApplicationStopping.IsCancellationRequested ? StatusCodes.Status503ServiceUnavailable
            : IsOfThisSite(context.Request) ? 0
            : StatusCodes.Status403Forbidden;
        if (refusal == 0)
            return next(context);

        context.Response.StatusCode = refusal;
        return Task.CompletedTask;
    });

    // A browser always sends the Origin of a WebSocket; a program that sends none has no cookies of somebody else.
    private static bool IsOfThisSite(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        return origin is null
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
