using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Accounts.Web.Look;

/// <summary>What the shared parts ask of the page's script (look.js). A page that has gone, or runs none of it, is asked in vain and nothing breaks.</summary>
internal static class LookScript
{
    /// <summary>Tells a dialog that has just opened what describes it, and puts the focus where people go on: its first field, otherwise its first button.</summary>
    /// <param name="script">The page's scripts.</param>
    /// <param name="content">The dialog's content.</param>
    public static Task IntroduceAsync(this IJSRuntime script, ElementReference content) => script.TellAsync("accounts.introduce", content);

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
}
