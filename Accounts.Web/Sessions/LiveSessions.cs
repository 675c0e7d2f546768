using System.Threading.Channels;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Accounts.Web.Sessions;

/// <summary>A part of a page that shows the user's sessions live.</summary>
/// <remarks>
/// Subscribes to the feed before reading, so it misses no change. Batches of changes pass through a channel. A caller who ends a session doesn't wait
/// for pages, and the part applies batches in order. The part first renders once it has read, so a circuit replaces what the request rendered by the
/// same content, and never by an empty place.
/// </remarks>
public abstract class LiveSessions : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private Channel<IReadOnlyList<SessionChange>> _changes = Channel.CreateUnbounded<IReadOnlyList<SessionChange>>();
    private IDisposable? _subscription;
    private Task? _start;

    protected LiveSessions() => Closed = _closed.Token;

    [Inject] protected SessionAuthenticator Authenticator { get; private set; } = default!;

    [Inject] protected SessionFeed Feed { get; private set; } = default!;

    [CascadingParameter] protected Task<AuthenticationState> State { get; private set; } = default!;

    /// <summary>What couldn't be loaded, in words; null if all is well.</summary>
    protected string? Problem { get; private set; }

    /// <summary>Cancelled when the page is gone.</summary>
    protected CancellationToken Closed { get; }

    /// <summary>What to say if the database is unavailable.</summary>
    protected virtual string OutOfDate => Texts.Sessions_ListOutOfDate;

    /// <summary>Whether the part shows the activity in sessions, not just the list of sessions.</summary>
    protected virtual bool ShowsActs => true;

    /// <summary>Whose sessions the part shows: the viewer's own.</summary>
    protected virtual UserId Watched(Caller caller) => caller.Subject;

    /// <summary>Reads everything that the part shows.</summary>
    protected abstract Task LoadAsync(Caller caller);

    /// <summary>Shows a batch of changes.</summary>
    protected abstract Task ApplyAsync(Caller caller, IReadOnlyList<SessionChange> changes);

    /// <inheritdoc/>
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        var starts = _start is null;
        _start ??= StartAsync();
        // Parameters that change during the first read are rendered after it.
        if (starts)
            await _start;
        if (_start.IsCompleted && !Closed.IsCancellationRequested)
            await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Subscribes and then reads. A request has nothing to subscribe for, because its part is gone once the page is rendered.</summary>
    protected virtual Task BeginAsync(Caller caller)
    {
        if (!RendererInfo.IsInteractive)
            return ReloadAsync();
        _subscription = Feed.Subscribe(Watched(caller), changes => _changes.Writer.TryWrite(changes), ShowsActs);
        return ReloadAsync();
    }

    /// <summary>Takes over the subscription of the request that rendered the page.</summary>
    private protected void Listen(Handover handover) => (_changes, _subscription) = (handover.Changes, handover.Subscription);

    /// <summary>The viewer; null once their session is over.</summary>
    protected async Task<Caller?> FindCallerAsync() => await Authenticator.FindCallerAsync((await State).User, cancellationToken: Closed);

    protected Task ReloadAsync() => GuardedAsync(LoadAsync);

    /// <summary>Reads everything again after a failure, in order with other changes.</summary>
    protected Task RetryAsync()
    {
        if (_subscription is null)
            return StartAsync();
        _changes.Writer.TryWrite([]);
        return Task.CompletedTask;
    }

    /// <summary>Makes a change. If the database can't tell whether it saved the change, the part reads everything again.</summary>
    protected async Task<T> ChangeAsync<T>(Func<Task<T>> change)
    {
        try
        {
            return await change();
        }
        catch (DatabaseUnavailableException failure) when (failure.MayHaveChanged)
        {
            Problem = OutOfDate;
            await RetryAsync();
            throw;
        }
    }

    /// <summary>Runs work that no caller awaits. Its failures go where an event handler's failures go.</summary>
    protected async Task WatchedAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            // The page is gone.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;

        _subscription?.Dispose();
        _changes.Writer.TryComplete();
        _closed.Cancel();
        _closed.Dispose();
    }

    private async Task StartAsync()
    {
        try
        {
            if (await FindCallerAsync() is not { } caller || Closed.IsCancellationRequested)
                return;
            await BeginAsync(caller);
        }
        catch (DatabaseUnavailableException)
        {
            // Memory doesn't know the viewer any more. A problem page must still come up.
            Problem = OutOfDate;
            return;
        }

        if (RendererInfo.IsInteractive)
            _ = WatchedAsync(FollowAsync);
    }

    private async Task FollowAsync()
    {
        await foreach (var batch in _changes.Reader.ReadAllAsync())
        {
            // After a failure, earlier changes may be missing too.
            if (Problem is not null)
                await ReloadAsync();
            if (Problem is null && batch.Count > 0)
                await GuardedAsync(caller => ApplyAsync(caller, batch));
            StateHasChanged();
        }
    }

    private async Task GuardedAsync(Func<Caller, Task> work)
    {
        try
        {
            if (await FindCallerAsync() is not { } caller)
                return;
            await work(caller);
            Problem = null;
        }
        catch (DatabaseUnavailableException)
        {
            Problem = OutOfDate;
        }
    }
}
