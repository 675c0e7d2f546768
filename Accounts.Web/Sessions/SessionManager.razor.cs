using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Accounts.Web.Geolocation;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Accounts.Web.Sessions;

/// <summary>The dashboard: every session of the person as it stands at this moment, and the end of any of them.</summary>
/// <remarks>
/// The request draws it with the list that it reads, and the circuit goes on with that list (see <see cref="Handovers"/>): one reading, nothing missed in
/// between, and no page without cards.
/// </remarks>
public sealed partial class SessionManager(
    SessionService sessions, SupportCodes codes, TimeProvider time, IJSRuntime script, IDialogService dialogs, NavigationManager navigation)
{
    private static readonly (string, string) ChangePassword = ("Change password", "settings/password");
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    private readonly SessionBoard _board = new();
    private readonly HashSet<SessionId> _arrived = [];
    private readonly Dictionary<string, string> _countries = new(StringComparer.Ordinal);
    private SessionFilter _filter = new();
    private HashSet<SessionId>? _picked;
    private Caller? _caller;
    private MudMenu? _menu;
    private Session? _more;
    private DateTimeOffset? _settleAt;
    private Saying? _said;
    private IReadOnlyList<Session>? _read;

    /// <summary>What this page's circuit finds the list by. It is in the page, and says nothing of anybody.</summary>
    [PersistentState] public string? Ticket { get; set; }

    [Inject] private Handovers Waiting { get; set; } = default!;

    private string Summary => (_caller, _board.LiveCount) switch
    {
        (null, _) => "Looking for your sessions…",
        (_, 1) => "You're only signed in here. Sign in on another device and it appears here.",
        (_, var live) => $"{SessionText.Count(live)}. Updates live.",
    };

    private IReadOnlyList<Session> Rows => [.. _board.Rows.Where(IsWanted)];

    private IEnumerable<Session> Pickable => _board.Others.Where(session => session.Ending is null && IsWanted(session));

    protected override async Task BeginAsync(Caller caller)
    {
        _filter = SessionFilter.Of(navigation.Uri);
        if (RendererInfo.IsInteractive)
        {
            if (Waiting.Take(Ticket, caller.SessionId) is not { } handed)
            {
                await base.BeginAsync(caller);
                return;
            }

            Listen(handed);
            if (handed.Sessions is { } list)
                Load(list, caller);
            else
                await ReloadAsync();
            return;
        }

        // The page of a request: its circuit goes on from here.
        var handover = Waiting.Begin(caller, ShowsActs);
        Ticket = handover.Ticket;
        await ReloadAsync();
        handover.Sessions = _read;
    }

    protected override async Task LoadAsync(Caller caller)
    {
        var live = await sessions.ListAsync(caller);
        if (_caller is null)
            Load(live, caller);
        else
        {
            // What was open here stays where it is; what has ended meanwhile says so.
            foreach (var session in live.Concat(await sessions.FindAsync(caller, [.. _board.All.Select(session => session.Id)])))
                _board.Put(session);
            Settle();
        }
    }

    private void Load(IReadOnlyList<Session> live, Caller caller)
    {
        _read = live;
        _board.Load(live, caller.SessionId);
        _caller = caller;
    }

    protected override async Task ApplyAsync(Caller caller, IReadOnlyList<SessionChange> batch)
    {
        // An act, a name and a departure say themselves what is true now. A start and an end are read, those of a batch together.
        var ids = batch.Where(change => change is SessionChange.Started or SessionChange.Ended).Select(change => change.SessionId).ToHashSet();
        if (ids.Count > 0)
        {
            foreach (var session in await sessions.FindAsync(caller, ids))
                Put(session);
        }

        foreach (var change in batch)
            _board.Apply(change);
        Settle();

        void Put(Session session)
        {
            var before = _board.All.FirstOrDefault(known => known.Id == session.Id);
            // Whether it has left is told by a change of its own, a moment later.
            _board.Put(session.Ending is { } ending ? session with { Ending = ending with { Departure = null } } : session);
            if (before is null && session.Ending is null)
                _arrived.Add(session.Id);
            if (session.Ending is not null)
                _picked?.Remove(session.Id);
            // What was done here is said by whoever did it.
            if ((session.Ending, before) is (null, null) or (not null, { Ending: null }) && session.Ending?.BySession != caller.SessionId)
                Say(SessionText.News(session));
        }
    }

    /// <summary>Does what moves cards as soon as it is due and nobody is about to press one of them.</summary>
    private void Settle()
    {
        if (_board.SettleAt == _settleAt)
            return;

        _settleAt = _board.SettleAt;
        if (_settleAt is { } due)
            _ = WatchedAsync(() => SettleAsync(due));
    }

    private async Task SettleAsync(DateTimeOffset due)
    {
        if (due - time.GetUtcNow() is { Ticks: > 0 } wait)
            await Task.Delay(wait, time, Closed);
        await QuietAsync();
        // Something else is due by now.
        if (_settleAt != due)
            return;

        _board.Settle(time.GetUtcNow());
        Settle();
        StateHasChanged();
    }

    private async Task QuietAsync()
    {
        while (true)
        {
            using var patience = new CancellationTokenSource(AskAgain, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, Closed);
            try
            {
                await script.InvokeVoidAsync("accounts.quiet", either.Token);
                return;
            }
            catch (OperationCanceledException) when (!Closed.IsCancellationRequested)
            {
                // A hand rests there, or question or answer were lost with the connection: ask again.
            }
            catch (Exception failure) when (failure is JSException or JSDisconnectedException)
            {
                // Nobody can press anything there now, or the page has no scripts of ours to ask.
                return;
            }
        }
    }

    private async Task<SupportCode?> FindCodeAsync() => await FindCallerAsync() is { } caller ? await codes.FindOrMakeAsync(caller) : null;

    private bool IsWanted(Session session) => !_filter.IsSet || _filter.Wants(session, _countries.GetValueOrDefault(session.Place.CountryCode ?? "", ""));

    private async Task FilterAsync(SessionFilter filter)
    {
        _filter = filter;
        await script.TellAsync("accounts.remember", new Uri(navigation.Uri).AbsolutePath, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["kind"] = filter.Kind.Length > 0 ? filter.Kind : null,
            ["q"] = filter.Text.Length > 0 ? filter.Text : null,
        });
        if (filter.Text.Length == 0)
            return;
        // People look for what they see, and they see countries in their own language.
        var unknown = _board.All.Select(session => session.Place.CountryCode).OfType<string>().Where(code => !_countries.ContainsKey(code)).ToHashSet(StringComparer.Ordinal);
        foreach (var (code, name) in await ViewerCountries.AskAsync(script, unknown))
            _countries[code] = name;
    }

    private void Pick(Session session)
    {
        _picked ??= [];
        if (!_picked.Remove(session.Id))
            _picked.Add(session.Id);
    }

    private void PickAll() => _picked = [.. Pickable.Select(session => session.Id)];

    private Task OpenMoreAsync(Session session)
    {
        _more = session;
        return _menu is null ? Task.CompletedTask : script.OpenMenuAsync(_menu, $"more-{session.Id}");
    }

    private void Say(string text, (string Text, string Href)? action = null) => _said = new Saying(text, action);

    private Task AskForOneAsync(Session session) => AskAsync($"Terminate {session.Title}?", SessionText.Terminate, EndingText.Of(session), () => TerminateAsync(session));

    private Task AskForAllAsync() => AskAsync("Sign out everywhere?", SessionText.SignOutEverywhere, SessionText.WhatEnds(_board.LiveCount - 1), SignOutEverywhereAsync);

    private Task AskForPickedAsync()
    {
        Session[] picked = [.. _board.Others.Where(session => session.Ending is null && _picked?.Contains(session.Id) == true)];
        return picked switch
        {
            [] => Task.CompletedTask,
            [var one] => AskForOneAsync(one),
            _ => AskAsync($"Terminate {picked.Length} sessions?", $"{SessionText.Terminate} {picked.Length}", EndingText.Of(picked), () => TerminateAsync(picked)),
        };
    }

    private async Task AskAsync(string title, string confirm, RenderFragment text, Func<Task<bool>> act)
    {
        // Asked anew: a proof may have been given since the page was opened.
        if (await FindCallerAsync() is { } caller)
            await dialogs.ConfirmAsync(title, confirm, text, sessions.NeedsProof(caller), act);
    }

    private Task AskForNameAsync() => _more is not { } session ? Task.CompletedTask : dialogs.OpenAsync<RenameSession>(new DialogParameters<RenameSession>
    {
        { dialog => dialog.Session, session },
        { dialog => dialog.Act, input => RenameAsync(session, input) },
    });

    private Task OpenDetailsAsync() => _more is not { } session ? Task.CompletedTask
        : dialogs.OpenAsync<SessionDetails>(new DialogParameters<SessionDetails> { { dialog => dialog.Session, session } }, "at-the-side");

    private async Task RecognizeAsync(Session session)
    {
        if (await FindCallerAsync() is not { } caller)
            return;

        try
        {
            // Answered or over meanwhile, there is nothing to ask any more: the feed tells.
            if (await sessions.RecognizeAsync(caller, session.Id, Closed) != RecognizeOutcome.Recognized)
                return;
            // It is pressed already: what moves now was meant to.
            _board.Apply(new SessionChange.Recognized(caller.UserId, session.Id));
            _board.Settle(time.GetUtcNow());
            Say($"Thanks. {session.Title} isn't new any more.");
        }
        catch (DatabaseUnavailableException)
        {
            Say("Couldn't save your answer. Nothing changed. Try again.");
        }
    }

    /// <summary>"No": ends the session, then leads to the password, which somebody else may know.</summary>
    private Task AskToDenyAsync(Session session) => AskAsync($"Sign out {session.Title}?", SessionText.SignOut, EndingText.Of(session), async () =>
    {
        if (!await TerminateAsync(session, (caller, id) => sessions.DenyAsync(caller, id, Closed)))
            return false;
        navigation.NavigateTo("settings/password");
        return true;
    });

    private Task<bool> TerminateAsync(Session session) => TerminateAsync(session, sessions.TerminateAsync);

    /// <summary>False if the person must prove first that it is them.</summary>
    private async Task<bool> TerminateAsync(Session session, Func<Caller, SessionId, Task<TerminateOutcome>> act)
    {
        if (await FindCallerAsync() is not { } caller)
            return true;

        var outcome = await act(caller, session.Id);
        if (outcome == TerminateOutcome.ProofNeeded)
            return false;

        // That it has ended is heard of through the feed.
        Say(outcome switch
        {
            TerminateOutcome.Terminated => $"Signed out {session.Title}.",
            TerminateOutcome.AlreadyEnded or TerminateOutcome.NotFound => $"{session.Title} was already signed out.",
            TerminateOutcome.CurrentSession => SessionText.UseSignOut,
            _ => "This session has already ended.",
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
                Say(count == 1 ? "Signed out 1 session." : $"Signed out {count} sessions.", ChangePassword);
                break;
            case TerminateManyOutcome.TooMany { Limit: var limit }:
                Say($"Nothing changed. Select {limit} sessions at most.");
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
                return string.Join(' ', invalid.Errors.Select(error => error.Message));
            case RenameOutcome.Renamed renamed:
                Say(renamed.Name is { } name ? $"Renamed to {name}." : $"Its name is {session.Device.Title} again.");
                return null;
            default:
                return "This session has already ended.";
        }
    }
}
