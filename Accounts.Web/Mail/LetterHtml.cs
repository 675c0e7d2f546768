using System.Globalization;
using Accounts.Web.Look;
using MudBlazor;
using MudBlazor.Utilities;

namespace Accounts.Web.Mail;

/// <summary>Writes an email as HTML: one column of tables, 600 pixels wide at most.</summary>
/// <remarks>
/// Mail programs read styles in attributes, and few others. The sheet in the head is for those that know it: colors for dark screens, and narrow
/// margins. Nothing is loaded from anywhere.
/// </remarks>
internal static class LetterHtml
{
    private const string Font = "Roboto,Arial,sans-serif";
    private const string Large = "400 16px/24px";
    private const string Small = "400 14px/20px";
    private const string Wrapped = "overflow-wrap:anywhere";

    private static readonly Palette Light = AccountsTheme.Theme.PaletteLight;
    private static readonly Palette Dark = AccountsTheme.Theme.PaletteDark;

    private static readonly string Sheet = $$"""
        @media(prefers-color-scheme:dark){
        .bg{background:{{Hex(Dark.Background)}}!important}
        .box{background:{{Hex(Dark.Surface)}}!important;border-color:{{Hex(Dark.LinesDefault)}}!important}
        .t{color:{{Hex(Dark.TextPrimary)}}!important}
        .m{color:{{Hex(Dark.TextSecondary)}}!important}
        .f{background:{{Hex(Dark.BackgroundGray)}}!important}
        .b{background:{{Hex(Dark.Primary)}}!important;color:{{Hex(Dark.PrimaryContrastText)}}!important}
        .r{border-color:{{Hex(Dark.LinesDefault)}}!important}
        }
        @media(max-width:620px){
        .box{padding:24px 16px!important}
        .full{display:block!important;text-align:center!important}
        .h{font-size:20px!important;line-height:28px!important}
        .c{font-size:28px!important;line-height:36px!important}
        .n{width:96px!important}
        }
        """;

    public static string Write(Letter letter, Envelope envelope)
    {
        var page = $"margin:0;padding:0;background:{Hex(Light.Background)}";
        // You read what happened before you go there.
        var button = envelope.LinkOf(letter) is { } link ? ButtonOf(letter.Button!.Value.Text, link) : "";
        return $"""
            <!doctype html>
            <html lang="{CultureInfo.CurrentUICulture.Name}" dir="{LanguageChoice.Direction}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="supported-color-schemes" content="light dark">
            <title>{Sentence.Encode(letter.Subject)}</title>
            <style>
            {Sheet}
            </style>
            </head>
            <body class="bg" style="{page}">
            <div style="display:none;max-height:0;overflow:hidden">{Sentence.Encode(letter.Preview)}</div>
            <div role="main">
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="bg" style="background:{Hex(Light.Background)}">
            <tr><td align="center" style="padding:32px 16px">
            <table role="presentation" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px">
            <tr><td style="padding:0 0 16px">{Brand}</td></tr>
            <tr><td class="box" style="padding:32px;background:{Hex(Light.Surface)};border:1px solid {Hex(Light.LinesDefault)};border-radius:16px">
            <h1 class="t h" style="margin:0 0 8px;font:500 28px/36px {Font};{Ink}">{Sentence.Encode(letter.Subject)}</h1>
            {(envelope.Greeting is { } greeting ? Paragraph(greeting, Large, 0) : "")}
            {Paragraph(letter.Lead, Large, envelope.Greeting is null ? 0 : 8)}
            {(letter.Code is { } code ? CodeOf(code) : "")}
            {(letter.IsNotice ? FactsOf(letter.Facts) + button : button + FactsOf(letter.Facts))}
            {string.Join('\n', letter.Closing.Select((line, index) => Paragraph(line, Small, index == 0 ? 24 : 4)))}
            {(envelope.HintOf(letter) is { } hint ? Paragraph(hint, Small, 16) : "")}
            </td></tr>
            <tr><td class="m" style="padding:16px 0;font:400 12px/16px {Font};{Muted};{Wrapped}">{Sentence.Encode(envelope.Footer)}</td></tr>
            </table>
            </td></tr>
            </table>
            </div>
            </body>
            </html>

            """;
    }

    // A letter in a tile: mail programs don't draw SVG.
    private static string Brand => $"""
        <table role="presentation" cellpadding="0" cellspacing="0"><tr>
        <td class="b" style="width:32px;height:32px;border-radius:8px;text-align:center;font:600 16px/32px {Font};{Filled}">A</td>
        <td class="t" style="padding:0 12px;font:500 20px/28px {Font};{Ink}">Accounts</td>
        </tr></table>
        """;

    private static string Cell => LanguageChoice.Direction is "rtl" ? "text-align:right;vertical-align:top" : "text-align:left;vertical-align:top";

    private static string Filled => $"background:{Hex(Light.Primary)};color:{Hex(Light.PrimaryContrastText)}";

    private static string Ink => $"color:{Hex(Light.TextPrimary)}";

    private static string Muted => $"color:{Hex(Light.TextSecondary)}";

    private static string Paragraph(string text, string font, int above) => string.Create(CultureInfo.InvariantCulture,
        $"""<p class="m" style="margin:{above}px 0 0;font:{font} {Font};{Muted};{Wrapped}">{Sentence.Encode(text)}</p>""");

    private static string ButtonOf(string text, Uri link) => $"""
        <div style="margin-top:24px"><a href="{Sentence.Encode(link.AbsoluteUri)}" class="b full"
        style="display:inline-block;padding:12px 24px;border-radius:999px;font:500 14px/20px {Font};text-decoration:none;{Filled}">
        {Sentence.Encode(text)}</a></div>
        """;

    private static string CodeOf(string code) => $"""
        <p class="t f c" style="margin:24px 0 0;padding:16px;border-radius:8px;text-align:center;background:{Hex(Light.Background)};
        font:500 36px/44px ui-monospace,Consolas,Menlo,monospace;letter-spacing:2px;{Ink}">{Sentence.Encode(code)}</p>
        """;

    private static string FactsOf(IReadOnlyList<(string Name, string Value)> facts) => $"""
        <table width="100%" cellpadding="0" cellspacing="0" class="f" style="margin:24px 0 0;border-radius:8px;background:{Hex(Light.Background)}">
        {string.Join('\n', facts.Select((fact, index) => Row(fact.Name, fact.Value, index == facts.Count - 1)))}
        </table>
        """;

    private static string Row(string name, string value, bool isLast)
    {
        var line = isLast ? "" : $"border-bottom:1px solid {Hex(Light.LinesDefault)};";
        return $"""
            <tr>
            <th scope="row" class="m r n" style="width:112px;padding:12px 8px 12px 16px;{line}{Cell};font:400 14px/20px {Font};{Muted}">
            {Sentence.Encode(name)}</th>
            <td class="t r" style="padding:12px 16px 12px 8px;{line}{Cell};font:500 14px/20px {Font};{Ink};{Wrapped}">
            {Sentence.Encode(value)}</td>
            </tr>
            """;
    }

    private static string Hex(MudColor color) => color.ToString(MudColorOutputFormats.Hex);
}
