using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using MudBlazor;

namespace Accounts.Web.Look;

/// <summary>What the shared parts ask of the page's script (look.js). A page that has gone, or runs none of it, is asked in vain and nothing breaks.</summary>
internal static class LookScript
{
    /// <summary>Tells a dialog that has just opened what describes it, and puts the focus where people go on: its first field, otherwise its first button.</summary>
    /// <param name="script">The page's scripts.</param>
    /// <param name="content">The dialog's content.</param>
    public static Task IntroduceAsync(this IJSRuntime script, ElementReference content) => script.TellAsync("accounts.introduce", content);

    /// <summary>Opens a menu that many buttons share below one of them, and puts the focus on its first entry.</summary>
    /// <param name="script">The page's scripts.</param>
    /// <param name="menu">The menu; it opens where it is told.</param>
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
            // The button has gone while it was pressed, or everybody has.
        }
    }

    /// <summary>Calls a function of the page and does not mind if there is nobody to do it.</summary>
    public static async Task TellAsync(this IJSRuntime script, string function, params object?[] given)
    {
        try
        {
            await script.InvokeVoidAsync(function, given);
        }
        catch (Exception failure) when (failure is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // Nobody looks at it any more.
        }
    }

    private sealed record Corner(double X, double Y);
}
