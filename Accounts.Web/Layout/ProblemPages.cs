using Microsoft.AspNetCore.Diagnostics;

namespace Accounts.Web.Layout;

/// <summary>Turns an error status into a page that says what to do.</summary>
internal static class ProblemPages
{
    /// <summary>Has the problem page answer whatever the method of the request that failed: a form that is out of date is told so, not asked for a handler.</summary>
    public static void UseProblemPages(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            context.Request.Method = HttpMethods.Get;
            await next(context);
            return;
        }

        await next(context);

        // A refused form has a content type and nothing in it; without the type it counts as what it is, an answer without a page.
        if (context.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false })
            context.Response.ContentType = null;
    });
}
