using Microsoft.AspNetCore.Components;
using Radzen;

namespace Accounts.Web.Sessions;

/// <summary>The dialogs of this room, opened in one way.</summary>
internal static class SessionDialogs
{
    /// <summary>Asks before something ends.</summary>
    /// <param name="dialogs">The page's dialogs.</param>
    /// <param name="title">The question.</param>
    /// <param name="confirm">The name of the act, as on the button that led here.</param>
    /// <param name="text">What ends and what stays.</param>
    /// <param name="act">The act. True: it is done, and the dialog closes. False: the person must prove first that it is them; the dialog asks, and then does it again.</param>
    public static Task AskAsync(this DialogService dialogs, string title, string confirm, RenderFragment text, Func<Task<bool>> act) =>
        dialogs.OpenAsync<ConfirmEnding>(title, (nameof(ConfirmEnding.Text), text), (nameof(ConfirmEnding.Confirm), confirm), (nameof(ConfirmEnding.Act), act));

    public static Task OpenAsync<T>(this DialogService dialogs, string title, params (string Name, object Value)[] parameters) where T : ComponentBase => dialogs.OpenAsync<T>(
        title,
        parameters.ToDictionary(p => p.Name, object? (p) => p.Value, StringComparer.Ordinal),
        new DialogOptions { ShowClose = false, CloseDialogOnEsc = true, Width = "min(480px, calc(100vw - 32px))" });
}
