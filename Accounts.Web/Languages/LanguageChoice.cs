using System.Globalization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Localization;
using MudBlazor;

namespace Accounts.Web.Languages;

/// <summary>Picks a request's language: the browser's cookie, else the best match for <c>Accept-Language</c>, else English.</summary>
internal static class LanguageChoice
{
    /// <summary>Holds the language that the user chose in this browser, as a BCP 47 tag: "en".</summary>
    public const string Cookie = "accounts-language";

    /// <summary>The languages that the product speaks, as BCP 47 tags. The first one is the default.</summary>
    private static readonly string[] Spoken = ["en"];

    /// <summary>The language of what nobody asks for from a browser, such as emails.</summary>
    public static CultureInfo Default { get; } = CultureInfo.GetCultureInfo(Spoken[0]);

    /// <summary>The text direction of the request's language, for the HTML attribute "dir".</summary>
    public static string Direction => CultureInfo.CurrentUICulture.TextInfo.IsRightToLeft ? "rtl" : "ltr";

    public static void AddLanguages(this IServiceCollection services)
    {
        services.Configure<RequestLocalizationOptions>(o =>
        {
            o.SetDefaultCulture(Spoken[0]).AddSupportedCultures(Spoken).AddSupportedUICultures(Spoken);
            o.RequestCultureProviders = [new CustomRequestCultureProvider(FromCookie), new AcceptLanguageHeaderRequestCultureProvider()];
        });
        services.AddScoped<PageLanguage>();
        services.AddScoped<CircuitHandler, LanguageCircuitHandler>();
        services.AddTransient<MudLocalizer, ComponentTexts>();
    }

    /// <summary>Hands a page's language to its circuit.</summary>
    public static void AddPageLanguage(this IRazorComponentsBuilder components) =>
        components.RegisterPersistentService<PageLanguage>(RenderMode.InteractiveServer);

    private static Task<ProviderCultureResult?> FromCookie(HttpContext context) =>
        Task.FromResult(context.Request.Cookies[Cookie] is { Length: > 0 } tag ? new ProviderCultureResult(tag) : null);
}
