using Microsoft.Extensions.Localization;
using MudBlazor;

namespace Accounts.Web.Languages;

/// <summary>
/// The component library's own texts, such as the name of a dialog's close button. A text that isn't in <see cref="Texts"/> stays the library's.
/// </summary>
internal sealed class ComponentTexts : MudLocalizer
{
    public override LocalizedString this[string key] =>
        Texts.ResourceManager.GetString(key, Texts.Culture) is { } text
            ? new LocalizedString(key, text)
            : new LocalizedString(key, key, resourceNotFound: true);
}
