using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using MudBlazor;

namespace Accounts.Web.Look;

/// <summary>Calls the page's script (look.js) for the shared components. If the page is gone or has no scripts, a call does nothing.</summary>
internal static class LookScript
{
    /// <summary>Describes a newly opened dialog to screen readers. It focuses the first field, or the first button if there is no field.</summary>
    /// <param name="script">The page's scripts.</param>
    /// <param name="content">The dialog's content.</param>
    public static Task IntroduceAsync(this IJSRuntime script, ElementReference content) => script.TellAsync("accounts.introduce", content);

    /// <summary>Opens a menu that many buttons share below the pressed button, and focuses its first entry.</summary>
    /// <param name="script">The page's scripts.</param>
    /// <param name="menu">The menu. It opens at the position it is given.</param>
    /// <param name="button">The id of the button that was pressed.</param>
    public static async Task OpenMenuAsync(this IJSRuntime script, MudMenu menu, string button)
    {
        try
        {
            var corner = await script.InvokeAsync<Corner>("accounts.cornerOf", button);
            await menu.OpenMenuAsync(new MouseEventArgs { PageX = corner.X, PageY = corner.Y });
            await script.TellAsync("accounts.enterMenu");
        }
        catch (Exception failure) when (failure is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // The button disappeared after the press, or the page is gone.
        }
    }

    /// <summary>Calls a function of the page. If the page is gone, the call does nothing.</summary>
    public static async Task TellAsync(this IJSRuntime script, string function, params object?[] given)
    {
        try
        {
            await script.InvokeVoidAsync(function, given);
        }
        catch (Exception failure) when (failure is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone.
        }
    }

    private sealed record Corner(double X, double Y);
}
