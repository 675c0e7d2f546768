using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Accounts.Web.Look;

/// <summary>The dialogs of the pages, opened in one way.</summary>
internal static class Confirmations
{
    private static readonly DialogOptions Options = new() { NoHeader = false, CloseButton = false, CloseOnEscapeKey = true, BackdropClick = true };

    /// <summary>Asks before something ends.</summary>
    /// <param name="dialogs">The page's dialogs.</param>
    /// <param name="title">The question, with the name of what ends.</param>
    /// <param name="confirm">The name of the act, as on the button that led here.</param>
    /// <param name="text">What ends and what stays.</param>
    /// <param name="asksForProof">Whether the last proof is too old.</param>
    /// <param name="act">The act. True: it is done, and the dialog closes. False: the person must prove first that it is them; the dialog asks, and then does it again.</param>
    /// <param name="failed">What the dialog says where the act fails, and nothing changed.</param>
    public static Task ConfirmAsync(this IDialogService dialogs, string title, string confirm, RenderFragment text, bool asksForProof, Func<Task<bool>> act, string failed) =>
        dialogs.OpenAsync<ConfirmDialog>(new DialogParameters<ConfirmDialog>
        {
            { dialog => dialog.Title, title },
            { dialog => dialog.Confirm, confirm },
            { dialog => dialog.Text, text },
            { dialog => dialog.AsksForProof, asksForProof },
            { dialog => dialog.Act, act },
            { dialog => dialog.Failed, failed },
        });

    /// <summary>Opens a dialog that has a title of its own.</summary>
    public static Task OpenAsync<T>(this IDialogService dialogs, DialogParameters parameters, string? backgroundClass = null) where T : ComponentBase =>
        dialogs.ShowAsync<T>(title: null, parameters, backgroundClass is null ? Options : Options with { BackgroundClass = backgroundClass });
}
