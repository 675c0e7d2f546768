using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Accounts.Web.Look;

/// <summary>Opens every dialog in the same way.</summary>
internal static class Confirmations
{
    private static readonly DialogOptions Options = new() { NoHeader = false, CloseButton = false, CloseOnEscapeKey = true, BackdropClick = true };

    /// <summary>Asks before something ends.</summary>
    /// <param name="dialogs">The page's dialogs.</param>
    /// <param name="title">The question. It names what ends.</param>
    /// <param name="confirm">The action's name, as on the button that opened the dialog.</param>
    /// <param name="text">What ends and what stays.</param>
    /// <param name="asksForProof">Whether the last proof is too old.</param>
    /// <param name="act">The action. On true, the dialog closes. On false, it asks for the password and then tries again.</param>
    /// <param name="failed">What the dialog says if the action fails and nothing changed.</param>
    public static Task ConfirmAsync(this IDialogService dialogs, string title, string confirm, RenderFragment text, bool asksForProof,
        Func<Task<bool>> act, string failed) =>
        dialogs.OpenAsync<ConfirmDialog>(new DialogParameters<ConfirmDialog>
        {
            { dialog => dialog.Title, title },
            { dialog => dialog.Confirm, confirm },
            { dialog => dialog.Text, text },
            { dialog => dialog.AsksForProof, asksForProof },
            { dialog => dialog.Act, act },
            { dialog => dialog.Failed, failed },
        });

    /// <summary>Opens a dialog that renders its own title.</summary>
    public static Task OpenAsync<T>(this IDialogService dialogs, DialogParameters parameters, string? backgroundClass = null)
        where T : ComponentBase =>
        dialogs.ShowAsync<T>(title: null, parameters, backgroundClass is null ? Options : Options with { BackgroundClass = backgroundClass });
}
