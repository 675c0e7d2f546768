using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Accounts.Web.Languages;

/// <summary>The page's language. The page hands it to its circuit, which keeps it even if the user picks another language in another tab.</summary>
public sealed class PageLanguage
{
    /// <summary>A BCP 47 tag: "en".</summary>
    [PersistentState]
    public string Tag { get; set; } = CultureInfo.CurrentUICulture.Name;
}

/// <summary>Runs a circuit in its page's language.</summary>
internal sealed class LanguageCircuitHandler(PageLanguage page) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next) => context =>
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(page.Tag);
        return next(context);
    };
}
