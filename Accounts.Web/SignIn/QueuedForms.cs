using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using Accounts.Core.SignIn;
using Accounts.Web.Layout;
using Accounts.Web.Network;
using Microsoft.AspNetCore.Http.Features;

namespace Accounts.Web.SignIn;

/// <summary>Marks a page whose form has a password in it and can be sent by anybody.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class QueuedFormAttribute : Attribute;

/// <summary>Has the forms of such pages wait their turn, and answers those that are refused as cheaply as it can.</summary>
internal static class QueuedForms
{
    /// <summary>An email, a password and a name are far less.</summary>
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

            // First the whole form: who sends it slowly keeps nobody waiting.
            if (await ReadFormAsync(context) is { } problem)
            {
                context.Response.StatusCode = problem;
                return;
            }

            using var place = await queue.EnterAsync(context.Address(), context.Request.Cookies.ContainsKey(BrowserIdCookie.Name), context.RequestAborted);
            if (place is null)
                await RefuseAsync(context);
            else
                await next(context);
        });
    }

    /// <returns>Null if it is read; otherwise the status that says what is wrong with it.</returns>
    private static async Task<int?> ReadFormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            return StatusCodes.Status415UnsupportedMediaType;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MostBytes;
        try
        {
            await context.Request.ReadFormAsync(context.RequestAborted);
            return null;
        }
        catch (BadHttpRequestException bad)
        {
            return bad.StatusCode;
        }
        catch (InvalidDataException)
        {
            return StatusCodes.Status400BadRequest;
        }
    }

    /// <summary>A page that is put together from text: rendering one would cost more than what is refused.</summary>
    private static Task RefuseAsync(HttpContext context)
    {
        var advice = Wait.Busy(context.Response, SignInQueue.Patience);
        var page = HtmlEncoder.Default.Encode(context.Request.PathBase + context.Request.Path + context.Request.QueryString);
        var theme = Theme.Of(context);
        context.Response.ContentType = MediaTypeNames.Text.Html + "; charset=utf-8";
        return context.Response.WriteAsync($"""
            <!DOCTYPE html>
            <html lang="en"{(theme is null ? "" : $" data-theme=\"{theme}\"")}>
            <head>
              <meta charset="utf-8" />
              <meta name="viewport" content="width=device-width, initial-scale=1" />
              <meta name="color-scheme" content="{theme ?? "light dark"}" />
              <base href="/" />
              <link rel="icon" href="favicon.svg" type="image/svg+xml" />
              <link rel="stylesheet" href="tokens.css" />
              <link rel="stylesheet" href="app.css" />
              <title>The server is busy · Accounts</title>
            </head>
            <body>
              <div class="plain">
                <header class="brand"><i>{Icon.Of("shield", 18)}</i>Accounts</header>
                <main class="panel sheet">
                  <div class="glyph">{Icon.Of("wait", 26)}</div>
                  <h1>The server is busy</h1>
                  <p class="lead">{advice}</p>
                  <p class="actions"><a class="btn primary" href="{page}">Open the form again</a></p>
                </main>
              </div>
            </body>
            </html>
            """, Encoding.UTF8);
    }
}
