using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Web.Geolocation;
using Accounts.Web.Look;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Accounts.Web.Sessions;

/// <summary>The dashboard: every session of the person as it stands at this moment, and the end of any of them.</summary>
public sealed partial class SessionManager(SessionService sessions, SupportCodes codes, TimeProvider time, IJSRuntime script, MudBlazor.IDialogService dialogs)
{
    private const int LinesAtOnce = 25;
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    private readonly SessionBoard _board = new();
    private readonly Dictionary<string, string> _countries = new(StringComparer.Ordinal);
    private Caller? _caller;
    private string _filter = "";
    private int _linesShown = LinesAtOnce;
    private DateTimeOffset? _settleAt;
    private Saying? _said;

    private string Summary => (_caller, _board.LiveCount) switch
    {
        (null, _) => "Looking for your sessions…",
        (_, 1) => "Only this device is signed in.",
        (_, var live) => $"{live} devices are signed in. Changes appear here as they happen.",
    };

    private IReadOnlyList<Session> Lines => [.. _board.Lines.Where(IsWanted)];

    private string Matches => _filter.Length == 0 ? "" : $"{_board.All.Count(IsWanted)} of {_board.All.Count()} sessions match.";

    protected override async Task LoadAsync(Caller caller)
    {
        var live = await sessions.ListAsync(caller);
        if (_caller is null)
        {
            _board.Load(live, caller.SessionId);
            _caller = caller;
        }
        else
        {
            // What was open here stays where it is; what has ended meanwhile says so.
            foreach (var session in live.Concat(await sessions.FindAsync(caller, [.. _board.All.Select(session => session.Id)])))
                _board.Put(session);
            Settle();
        }
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

    private bool IsWanted(Session session) =>
        _filter.Length == 0 || new[] { session.Title, session.Device.Title, SessionText.Kind(session.Device), session.Device.Platform ?? "", session.Place.Name, _countries.GetValueOrDefault(session.Place.CountryCode ?? "", ""), session.Address }.Any(text => text.Contains(_filter, StringComparison.OrdinalIgnoreCase));

    private bool IsTwin(Session session) =>
        session.Id != _caller!.SessionId && _board.All.Any(own => own.Id == _caller.SessionId && own.Device.LooksLike(session.Device));

    private async Task FilterAsync(ChangeEventArgs change)
    {
        (_filter, _linesShown) = ((change.Value as string ?? "").Trim(), LinesAtOnce);
        // People look for what they see, and they see countries in their own language.
        var unknown = _board.All.Select(session => session.Place.CountryCode).OfType<string>().Where(code => !_countries.ContainsKey(code)).ToHashSet(StringComparer.Ordinal);
        foreach (var (code, name) in await ViewerCountries.AskAsync(script, unknown))
            _countries[code] = name;
    }

    private void Say(string text) => _said = new Saying(text);

    private Task AskForOneAsync(Session session) => dialogs.ConfirmAsync($"Terminate {session.Title}?", SessionText.Terminate, Describe(session), sessions.NeedsProof(_caller!), () => TerminateAsync(session));

    private Task AskForAllAsync() =>
        dialogs.ConfirmAsync("Sign out everywhere?", SessionText.SignOutEverywhere, SessionText.WhatEnds(_board.LiveCount - 1), sessions.NeedsProof(_caller!), SignOutEverywhereAsync);

    private Task AskForNameAsync(Session session) => dialogs.OpenAsync<RenameSession>(new MudBlazor.DialogParameters<RenameSession>
    {
        { dialog => dialog.Session, session },
        { dialog => dialog.Act, input => RenameAsync(session, input) },
    });

    /// <summary>False if the person must prove first that it is them.</summary>
    private async Task<bool> TerminateAsync(Session session)
    {
        if (await FindCallerAsync() is not { } caller)
            return true;

        var outcome = await sessions.TerminateAsync(caller, session.Id);
        if (outcome == TerminateOutcome.ProofNeeded)
            return false;

        // That it has ended is heard of through the feed.
        Say(outcome switch
        {
            TerminateOutcome.Terminated => $"Terminated: {session.Title}. It is signed out.",
            TerminateOutcome.AlreadyEnded or TerminateOutcome.NotFound => $"{session.Title} had been signed out already.",
            TerminateOutcome.CurrentSession => SessionText.UseSignOut,
            _ => "This session has ended meanwhile.",
        });
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
                return "This session has ended meanwhile. It cannot be renamed.";
        }
    }
}
