using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.Sessions;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.TwoFactor;
using Accounts.Web.Geolocation;
using Accounts.Web.Look;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Accounts.Web.Manager;

/// <summary>The dashboard: all of the user's sessions, live, with a way to end any of them.</summary>
/// <remarks>
/// The request renders the page from the list it reads, and the circuit continues with that list (see <see cref="Handovers"/>). So the list is read
/// once, no change is missed, and the page always has cards.
/// </remarks>
public sealed partial class SessionManager(
    SessionService sessions, RefusedAttemptReader attempts, TwoFactorSettings twoFactor, SupportCodes codes, SupportViews views, TimeProvider time,
    IJSRuntime script, IDialogService dialogs, NavigationManager navigation)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    private readonly SessionBoard _board = new();
    private readonly SessionNames _names = new();
    private readonly HashSet<SessionId> _arrived = [];
    private readonly Dictionary<string, string> _countries = new(StringComparer.Ordinal);
    private SessionFilter _filter = new();
    private HashSet<SessionId>? _picked;
    private Caller? _caller;
    private MudMenu? _menu;
    private Session? _more;
    private DateTimeOffset? _settleAt;
    private Saying? _said;
    private RefusedSinceVisit _refused = new(0, []);
    private TwoFactorState? _twoFactor;
    private bool _asksForRefused;

    /// <summary>The ticket that this page's circuit redeems for the list. The page contains it, but it reveals nothing.</summary>
    [PersistentState] public string? Ticket { get; set; }

    [Inject] private Handovers Waiting { get; set; } = default!;

    private string Summary => (_caller, _board.LiveCount) switch
    {
        (null, _) => Texts.Sessions_Looking,
        (_, 1) => Texts.Sessions_OnlyHereHint,
        (_, var live) => Plural.Of(nameof(Texts.Sessions_CountSentence_other), live),
    };

    /// <summary>Whether a member of staff looks at the page. They can change nothing.</summary>
    private bool Viewing => _caller?.IsReadOnly == true;

    private IReadOnlyList<Session> Rows => _filter.IsSet ? [.. _board.Rows.Where(IsWanted)] : _board.Rows;

    private IEnumerable<Session> Pickable => _board.Others.Where(session => session.Ending is null && session.View is null && IsWanted(session));

    protected override async Task BeginAsync(Caller caller)
    {
        _filter = SessionFilter.Of(navigation.Uri);
        if (RendererInfo.IsInteractive)
        {
            if (Waiting.Take(Ticket, caller.OwnSession) is not { } handed)
            {
                await base.BeginAsync(caller);
                return;
            }

            Listen(handed);
            if (handed.TakeSessions() is { } list)
            {
                (_refused, _twoFactor) = (handed.Refused, handed.TwoFactor);
                Show(list, caller);
            }
            else
                await ReloadAsync();
            return;
        }

        // This is the prerendered page. Its circuit continues from here.
        var handover = Waiting.Begin(caller, ShowsActs);
        Ticket = handover.Ticket;
        await ReloadAsync();
        (handover.Refused, handover.TwoFactor) = (_refused, _twoFactor);
        handover.Sessions = _caller is null ? null : [.. _board.All];
    }

    protected override async Task LoadAsync(Caller caller)
    {
        var live = await sessions.ListAsync(caller, Closed);
        _refused = await attempts.FindSinceLastVisitAsync(caller, Closed);
        _twoFactor = await twoFactor.FindAsync(caller, Closed);
        if (_caller is null)
            Show(live, caller);
        else
        {
            // Open sessions keep their place. Sessions that have ended say so.
            foreach (var session in live.Concat(await sessions.FindAsync(caller, [.. _board.All.Select(session => session.Id)], Closed)))
                _board.Put(session);
            Settle();
        }
    }

    private void Show(IReadOnlyList<Session> live, Caller caller)
    {
        _board.Load(live, caller.OwnSession);
        _caller = caller;
    }

    protected override async Task ApplyAsync(Caller caller, IReadOnlyList<SessionChange> changes)
    {
        // Activity, renames and departures carry their new state. Starts and endings need a read, one per batch.
        var ids = changes.Where(change => change is SessionChange.Started or SessionChange.Ended).Select(change => change.SessionId).ToHashSet();
        if (ids.Count > 0)
        {
            foreach (var session in await sessions.FindAsync(caller, ids, Closed))
                Put(session);
        }

        if (changes.Any(change => change is SessionChange.AttemptRefused) && !_asksForRefused)
            _ = WatchedAsync(ShowRefusedAsync);
        foreach (var change in changes)
            _board.Apply(change);
        Settle();

        void Put(Session session)
        {
            var before = _board.All.FirstOrDefault(known => known.Id == session.Id);
            // A later change tells whether the browser has left.
            _board.Put(session.Ending is { } ending ? session with { Ending = ending with { Departure = null } } : session);
            if (before is null && session.Ending is null)
                _arrived.Add(session.Id);
            if (session.Ending is not null)
                _picked?.Remove(session.Id);
            // The code behind an action on this page reports it, and ViewNotice reports a view. Announce only other changes.
            if (session.View is null && (session.Ending, before) is (null, null) or (not null, { Ending: null })
                && session.Ending?.BySession != caller.OwnSession)
                Say(SessionText.News(session));
        }
    }

    /// <summary>Settles the board once that is due and the user isn't about to press a button.</summary>
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
        // The due time has changed since.
        if (_settleAt != due)
            return;

        _board.Settle(time.GetUtcNow());
        Settle();
        StateHasChanged();
    }

    /// <summary>Shows new refused attempts once the user isn't about to press a button: the notice moves what is below it.</summary>
    private async Task ShowRefusedAsync()
    {
        _asksForRefused = true;
        await QuietAsync();
        _asksForRefused = false;
        try
        {
            if (await FindCallerAsync() is not { } caller)
                return;
            _refused = await attempts.FindSinceLastVisitAsync(caller, Closed);
            StateHasChanged();
        }
        catch (DatabaseUnavailableException)
        {
            // The next refused attempt or a reload shows them.
        }
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
                // The pointer rests on a button, or the connection lost the call. Ask again.
            }
            catch (Exception failure) when (failure is JSException or JSDisconnectedException)
            {
                // The page is gone or has no scripts, so no user can press a button.
                return;
            }
        }
    }

    private async Task<SupportCode?> FindCodeAsync() => await FindCallerAsync() is { } caller ? await codes.FindOrMakeAsync(caller, Closed) : null;

    private bool IsTwin(Session session) => _board.Current?.Device.LooksLike(session.Device) == true;

    private bool IsWanted(Session session) =>
        !_filter.IsSet || _filter.Wants(session, _countries.GetValueOrDefault(session.Place.CountryCode ?? "", ""));

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
        // Viewers search for the names that they see, and they see countries in their own language.
        var unknown = _board.All.Select(session => session.Place.CountryCode).OfType<string>().Where(code => !_countries.ContainsKey(code))
            .ToHashSet(StringComparer.Ordinal);
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
}
