using Accounts.Web.Addresses;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Diagnostics;

namespace Accounts.Web.Layout;

/// <summary>Turns an error status into a page that says what to do.</summary>
internal static class ProblemPages
{
    private static readonly object SentForm = new();

    /// <summary>Tells whether the failed request sent something, such as a form.</summary>
    public static bool WasForm(HttpContext context) => context.Items[SentForm] is true;

    /// <summary>Answers a request that another site's page sent. Its status is already set.</summary>
    public static Task RefuseCrossSiteAsync(HttpContext context) => TextPage.WriteAsync(
        context, "shield", Texts.Problem_CrossSiteTitle, Texts.Problem_CrossSiteAdvice, (ReturnAddress.Home, Texts.Problem_OpenAccounts));

    /// <summary>Re-executes failed requests as GET. Otherwise an expired form's POST would look for a form handler on the problem page.</summary>
    public static void UseProblemPages(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            context.Items[SentForm] = !HttpMethods.IsGet(context.Request.Method);
            context.Request.Method = HttpMethods.Get;
            await next(context);
            return;
        }

        await next(context);

        // A refused form has a content type but no body. Without the type, the status-code middleware treats it as an empty response.
        if (context.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false })
            context.Response.ContentType = null;
    });
}
