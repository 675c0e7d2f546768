using Accounts.AspNetCore.Cookies;
using Accounts.AspNetCore.Network;
using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Web.Forms;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace Accounts.Web.SignIn;

/// <summary>
/// Queues the submissions of forms marked with <see cref="QueuedFormAttribute"/> before any work starts. Refuses them if the browser couldn't keep a
/// session.
/// </summary>
internal static partial class QueuedForms
{
    /// <summary>Far more than an email, a password and a name need.</summary>
    private const int MostBytes = 64 * 1024;

    public static void UseQueuedForms(this WebApplication app)
    {
        var queue = app.Services.GetRequiredService<SignInQueue>();
        var (plain, time) = (app.Services.GetRequiredService<PlainHttpForms>(), app.Services.GetRequiredService<TimeProvider>());
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(QueuedForms));
        app.Use(async (context, next) =>
        {
            if (!HttpMethods.IsPost(context.Request.Method) || !QueuedFormAttribute.IsOn(context))
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

            // Such a sign-in would succeed, and the browser would forget it at once.
            if (context.Request.IsFromPlainHttp())
            {
                Log.PlainHttp(logger, Cut(context.Request.Host.Value));
                plain.Refused.Note(time.GetUtcNow());
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                await RefuseAsync(context, "shield", Texts.Problem_HttpsTitle, Texts.Problem_HttpsAdvice);
                return;
            }

            // Every page with such a form sets this cookie. A browser says where a form comes from, so this isn't an older program.
            if (context.Request.IsFromSameOrigin() && !context.Request.Cookies.ContainsKey(SessionAntiforgery.CookieName))
            {
                Log.NoCookies(logger, Cut(context.Request.Host.Value));
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                await RefuseAsync(context, "shield", Texts.Problem_CookiesTitle, Texts.Problem_CookiesAdvice);
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

    // The sender chooses its length.
    private static string Cut(string? host) => host is null ? "none" : TypedText.Cut(TypedText.Clean(host), 200);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused a sign-in at {Host}: its page came over plain http, so the browser would keep no session")]
        public static partial void PlainHttp(ILogger logger, string host);

        [LoggerMessage(2, LogLevel.Warning, "Refused a sign-in at {Host}: the browser sent no cookies back, so it would keep no session")]
        public static partial void NoCookies(ILogger logger, string host);
    }
}
