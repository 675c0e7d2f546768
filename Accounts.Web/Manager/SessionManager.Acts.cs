using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Accounts.Web.Look;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Accounts.Web.Manager;

/// <summary>The dashboard's actions. A dialog asks for each one, the core does it, and a toast reports it.</summary>
public sealed partial class SessionManager
{
    private static (string, string) ChangePassword => (Texts.Common_ChangePassword, "settings/password");

    private void Say(string text, (string Text, string Href)? action = null) => _said = new Saying(text, action);

    private Task AskForOneAsync(Session session) => AskAsync(
        Texts.FormatSessions_TerminateQuestion(SessionText.Title(session)), Texts.Sessions_Terminate, EndingText.Of(session),
        () => TerminateAsync(session), Texts.Sessions_CouldntTerminate);

    private Task AskForAllAsync()
    {
        var others = _board.Others.Where(session => session.Ending is null).ToList();
        return AskAsync(
            Texts.Sessions_SignOutEverywhereQuestion, Texts.Sessions_SignOutEverywhere, EndingText.OfAll(others), SignOutEverywhereAsync,
            Texts.Sessions_CouldntSignOut);
    }

    private Task AskForPickedAsync()
    {
        Session[] picked = [.. _board.Others.Where(session => session.Ending is null && _picked?.Contains(session.Id) == true)];
        return picked switch
        {
            [] => Task.CompletedTask,
            [var one] => AskForOneAsync(one),
            _ => AskAsync(
                Plural.Of(nameof(Texts.Sessions_TerminateManyQuestion_other), picked.Length),
                Plural.Of(nameof(Texts.Sessions_TerminateCount_other), picked.Length),
                EndingText.Of(picked),
                () => TerminateAsync(picked),
                Texts.Sessions_CouldntTerminate),
        };
    }

    private async Task AskAsync(string title, string confirm, RenderFragment text, Func<Task<bool>> act, string failed)
    {
        if (Viewing)
            return;
        // Check again, because the user may have given proof since the page was opened.
        if (await FindCallerAsync() is { } caller)
            await dialogs.ConfirmAsync(title, confirm, text, sessions.NeedsProof(caller), () => ChangeAsync(act), failed);
    }

    private Task AskForNameAsync() =>
        _more is not { } session || Viewing ? Task.CompletedTask : dialogs.OpenAsync<RenameSession>(new DialogParameters<RenameSession>
        {
            { dialog => dialog.Session, session },
            { dialog => dialog.Act, input => ChangeAsync(() => RenameAsync(session, input)) },
        });

    private Task OpenDetailsAsync() => _more is not { } session ? Task.CompletedTask
        : dialogs.OpenAsync<SessionDetails>(new DialogParameters<SessionDetails> { { dialog => dialog.Session, session } }, "at-the-side");

    private async Task RecognizeAsync(Session session)
    {
        if (Viewing || await FindCallerAsync() is not { } caller)
            return;

        try
        {
            // The session was already answered or has ended. The feed reports that.
            if (await ChangeAsync(() => sessions.RecognizeAsync(caller, session.Id, Closed)) != RecognizeOutcome.Recognized)
                return;
            // The user has already pressed the button, so content may move now.
            _board.Apply(new SessionChange.Recognized(caller.Subject, session.Id));
            _board.Settle(time.GetUtcNow());
            Say(Texts.FormatSessions_Recognized(SessionText.Title(session)));
        }
        catch (DatabaseUnavailableException failure)
        {
            Say(FailedChange.Of(failure, Texts.Sessions_CouldntAnswer));
        }
    }

    /// <summary>Ends a view of support. It asks for nothing, because it takes nothing from the user.</summary>
    private async Task EndViewAsync(Session session)
    {
        if (Viewing || await FindCallerAsync() is not { } caller)
            return;

        try
        {
            if (await ChangeAsync(() => views.EndAsync(caller, session.Id, Closed)) is EndViewOutcome.Ended)
                Say(Texts.View_Ended);
        }
        catch (DatabaseUnavailableException failure)
        {
            Say(FailedChange.Of(failure, Texts.View_CouldntEnd));
        }
    }

    /// <summary>The answer "No": ends the session and then opens the password page, because someone else may know the password.</summary>
    private Task AskToDenyAsync(Session session) =>
        AskAsync(Texts.FormatSessions_SignOutQuestion(SessionText.Title(session)), Texts.Common_SignOut, EndingText.Of(session), async () =>
        {
            if (!await TerminateAsync(session, (caller, id) => sessions.DenyAsync(caller, id, Closed)))
                return false;
            navigation.NavigateTo("settings/password");
            return true;
        }, Texts.Sessions_CouldntSignOut);

    private Task<bool> TerminateAsync(Session session) => TerminateAsync(session, (caller, id) => sessions.TerminateAsync(caller, id));

    /// <summary>Returns false if the user must prove their identity first.</summary>
    private async Task<bool> TerminateAsync(Session session, Func<Caller, SessionId, Task<TerminateOutcome>> act)
    {
        if (await FindCallerAsync() is not { } caller)
            return true;

        var outcome = await act(caller, session.Id);
        if (outcome == TerminateOutcome.ProofNeeded)
            return false;

        // The feed reports the ending itself.
        Say(outcome switch
        {
            TerminateOutcome.Terminated => Texts.FormatSessions_SignedOut(SessionText.Title(session)),
            TerminateOutcome.AlreadyEnded or TerminateOutcome.NotFound => Texts.FormatSessions_SignedOutAlready(SessionText.Title(session)),
            TerminateOutcome.CurrentSession => Texts.Sessions_UseSignOut,
            _ => Texts.Sessions_AlreadyEnded,
        }, outcome == TerminateOutcome.Terminated ? ChangePassword : null);
        _picked = null;
        return true;
    }

    private async Task<bool> TerminateAsync(IReadOnlyList<Session> picked)
    {
        if (await FindCallerAsync() is not { } caller)
            return true;

        switch (await sessions.TerminateManyAsync(caller, [.. picked.Select(session => session.Id)], Closed))
        {
            case TerminateManyOutcome.ProofNeeded:
                return false;
            case TerminateManyOutcome.Ended { Count: var count }:
                Say(Plural.Of(nameof(Texts.Sessions_SignedOutMany_other), count), ChangePassword);
                break;
            case TerminateManyOutcome.TooMany { Limit: var limit }:
                Say(Plural.Of(nameof(Texts.Sessions_TooMany_other), limit));
                break;
        }

        _picked = null;
        return true;
    }

    private async Task<bool> SignOutEverywhereAsync()
    {
        var outcome = await FindCallerAsync() is { } caller ? await sessions.SignOutEverywhereAsync(caller) : null;
        if (outcome is EndSessionsOutcome.Ended { Count: var count })
            _said = Saying.Ended(count);
        return outcome is not EndSessionsOutcome.ProofNeeded;
    }

    private async Task<string?> RenameAsync(Session session, RenameSessionInput input)
    {
        if (await FindCallerAsync() is not { } caller)
            return null;

        switch (await sessions.RenameAsync(caller, session.Id, input))
        {
            case RenameOutcome.Invalid invalid:
                return string.Join(' ', invalid.Errors.Select(InputProblemText.Of));
            case RenameOutcome.Renamed renamed:
                Say(renamed.Name is { } name
                    ? Texts.FormatSessions_Renamed(TypedText.Isolate(name))
                    : Texts.FormatSessions_NameRemoved(SessionText.Browser(session.Device)));
                return null;
            default:
                return Texts.Sessions_AlreadyEnded;
        }
    }
}
