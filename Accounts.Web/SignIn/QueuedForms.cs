using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Network;
using Accounts.Core.SignIn;
using Accounts.Web.Forms;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace Accounts.Web.SignIn;

/// <summary>Marks a page with a password form that anyone can submit.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class QueuedFormAttribute : Attribute;

/// <summary>Queues the submissions of these forms before any work starts.</summary>
internal static class QueuedForms
{
    /// <summary>Far more than an email, a password and a name need.</summary>
    private const int MostBytes = 64 * 1024;

    public static void UseQueuedForms(this WebApplication app)
    {
        var queue = app.Services.GetRequiredService<SignInQueue>();
        app.Use(async (context, next) =>
        {
            if (!HttpMethods.IsPost(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<QueuedFormAttribute>() is null)
            {
                await next(context);
                return;
            }

            // Read the whole form first, so a slow sender doesn't hold up the queue.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = MostBytes;
            if (await context.ReadFormOrProblemAsync() is (null, var problem))
            {
                context.Response.StatusCode = problem;
                await RefuseAsync(context, "alert", Texts.Problem_FormTitle, Texts.Problem_FormAdvice);
                return;
            }

            var returning = context.Request.Cookies.ContainsKey(BrowserIdCookie.Name);
            using var place = await queue.EnterAsync(context.Address(), returning, context.RequestAborted);
            if (place is null)
            {
                await RefuseAsync(context, "wait", Texts.Problem_BusyTitle, Wait.Busy(context.Response, SignInQueue.Patience));
                return;
            }

            // Leave the queue before the response starts, so a slow reader doesn't hold it up either.
            context.Response.OnStarting(static place =>
            {
                ((IDisposable)place).Dispose();
                return Task.CompletedTask;
            }, place);
            await next(context);
        });
    }

    private static Task RefuseAsync(HttpContext context, string icon, string title, string advice) =>
        TextPage.WriteAsync(context, icon, title, advice, (context.Request.GetEncodedPathAndQuery(), Texts.Problem_OpenFormAgain));
}
