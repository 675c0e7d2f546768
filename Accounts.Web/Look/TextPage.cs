using System.Globalization;
using System.Net.Mime;
using System.Text;

namespace Accounts.Web.Look;

/// <summary>
/// Writes a page that looks like a problem page, without rendering components. Anyone can trigger these refusals, so they must stay cheap.
/// </summary>
/// <remarks>The page skips the pipeline: it knows no session, sets no cookie and counts as no activity.</remarks>
internal static class TextPage
{
    /// <param name="context">The refused request. Its response status is already set.</param>
    /// <param name="icon">One of <see cref="Icon"/>.</param>
    /// <param name="title">What happened.</param>
    /// <param name="advice">What to do.</param>
    /// <param name="link">The button's address and text.</param>
    public static Task WriteAsync(HttpContext context, string icon, string title, string advice, (string Href, string Text) link)
    {
        var theme = Theme.Of(context);
        context.Response.ContentType = MediaTypeNames.Text.Html + "; charset=utf-8";
        return context.Response.WriteAsync($"""
            <!DOCTYPE html>
            <html lang="{CultureInfo.CurrentUICulture.Name}" dir="{LanguageChoice.Direction}"{(theme is null ? "" : $" data-theme=\"{theme}\"")}>
            <head>
              <meta charset="utf-8" />
              <meta name="viewport" content="width=device-width, initial-scale=1" />
              <meta name="color-scheme" content="{theme ?? "light dark"}" />
              <base href="/" />
              <link rel="icon" href="favicon.svg" type="image/svg+xml" />
              <link rel="stylesheet" href="theme.css" />
              <link rel="stylesheet" href="tokens.css" />
              <link rel="stylesheet" href="mudblazor.css" />
              <link rel="stylesheet" href="look.css" />
              <title>{Sentence.Encode(Texts.FormatCommon_PageTitle(title))}</title>
            </head>
            <body>
              <div class="alone">
                <header><a class="brand" href=""><i>{Mark.Drawing}</i>Accounts</a></header>
                <main>
                  <div class="sheet">
                    <span class="tile plain">{Icon.Of(icon, 24)}</span>
                    <h1>{Sentence.Encode(title)}</h1>
                    <p class="lead">{Sentence.Encode(advice)}</p>
                    <div class="acts">
                      <a class="mud-button mud-button-filled mud-button-filled-primary"
                        href="{Sentence.Encode(link.Href)}">{Sentence.Encode(link.Text)}</a>
                    </div>
                  </div>
                </main>
              </div>
            </body>
            </html>
            """, Encoding.UTF8, context.RequestAborted);
    }
}
