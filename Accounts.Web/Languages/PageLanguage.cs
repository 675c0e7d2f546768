using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Accounts.Web.Languages;

/// <summary>The language of a page. The page carries it to its circuit, which keeps it: the user may have chosen another one in another tab since.</summary>
public sealed class PageLanguage
{
    /// <summary>A BCP 47 tag: "en".</summary>
    [PersistentState]
    public string Tag { get; set; } = CultureInfo.CurrentUICulture.Name;
}

/// <summary>Has a circuit work in the language of its page.</summary>
internal sealed class LanguageCircuitHandler(PageLanguage page) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => context =>
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(page.Tag);
        return next(context);
    };
}
