using Accounts.Core.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace Accounts.Web.Layout;

/// <summary>Turns an error status into a page that says what to do.</summary>
internal static class ProblemPages
{
    /// <summary>Has the problem page answer whatever the method of the request that failed: a form that is out of date is told so, not asked for a handler.</summary>
    public static void UseProblemPages(this WebApplication app) => app.Use((context, next) =>
    {
        var failed = context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null;
        if (failed)
            context.Request.Method = HttpMethods.Get;
        return next(context);
    });
}
