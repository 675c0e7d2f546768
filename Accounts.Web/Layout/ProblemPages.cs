using Microsoft.AspNetCore.Diagnostics;

namespace Accounts.Web.Layout;

/// <summary>Turns an error status into a page that says what to do.</summary>
internal static class ProblemPages
{
    /// <summary>Has the problem page answer whatever the method of the request that failed: a form that is out of date is told so, not asked for a handler.</summary>
    public static void UseProblemPages(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            context.Request.Method = HttpMethods.Get;
            await next(context);
            return;
        }

        await next(context);

        if (context.Response is not { StatusCode: >= 400, HasStarted: false })
            return;
        // The page is looked for, by its method too, before the request comes here again.
        context.Request.Method = HttpMethods.Get;
        // A refused form has a content type and nothing in it; without the type it counts as what it is, an answer without a page.
        if (context.Response.StatusCode == StatusCodes.Status400BadRequest)
            context.Response.ContentType = null;
    });
}
