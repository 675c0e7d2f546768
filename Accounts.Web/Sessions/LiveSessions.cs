using System.Threading.Channels;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Accounts.Web.Sessions;

/// <summary>A part of a page that shows the person's sessions as they are at this moment.</summary>
/// <remarks>
/// The feed is listened to before anything is read, so that a change in between is shown. Its batches go through a channel: whoever ends a session
/// leaves off there and does not wait for pages, and the part applies them one after the other.
/// </remarks>
public abstract class LiveSessions : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private Channel<IReadOnlyList<SessionChange>> _changes = Channel.CreateUnbounded<IReadOnlyList<SessionChange>>();
    private IDisposable? _subscription;

    protected LiveSessions() => Closed = _closed.Token;

    [Inject] protected SessionRegistry Registry { get; private set; } = default!;

    [Inject] protected SessionFeed Feed { get; private set; } = default!;

    [CascadingParameter] protected Task<AuthenticationState> State { get; private set; } = default!;

    /// <summary>What could not be read, in words; null when all is well.</summary>
    protected string? Problem { get; private set; }

    /// <summary>Cancelled when the page has gone.</summary>
    protected CancellationToken Closed { get; }

    /// <summary>What to say when the database did not answer.</summary>
    protected virtual string OutOfDate => Texts.Sessions_ListOutOfDate;

    /// <summary>Whether it shows what people do in their sessions, and not only which there are.</summary>
    protected virtual bool ShowsActs => true;

    /// <summary>Reads everything that is shown.</summary>
    protected abstract Task LoadAsync(Caller caller);

    /// <summary>Shows what has happened.</summary>
    protected abstract Task ApplyAsync(Caller caller, IReadOnlyList<SessionChange> changes);

    protected override async Task OnInitializedAsync()
    {
        if (await FindCallerAsync() is not { } caller || Closed.IsCancellationRequested)
            return;

        await BeginAsync(caller);
        _ = WatchedAsync(FollowAsync);
    }

    /// <summary>Begins to listen, then reads.</summary>
    protected virtual Task BeginAsync(Caller caller)
    {
        _subscription = Feed.Subscribe(caller.UserId, changes => _changes.Writer.TryWrite(changes), ShowsActs);
        return ReloadAsync();
    }

    /// <summary>Goes on listening where the request that drew the page has begun to.</summary>
    private protected void Listen(Handover handover) => (_changes, _subscription) = (handover.Changes, handover.Subscription);

    /// <summary>Who looks at it; null once their session is over.</summary>
    protected async Task<Caller?> FindCallerAsync() => await Registry.FindCallerAsync((await State).User);

    protected Task ReloadAsync() => GuardedAsync(LoadAsync);

    /// <summary>Reads everything again after a failure, in turn with what happens meanwhile.</summary>
    protected void Retry() => _changes.Writer.TryWrite([]);

    /// <summary>Runs what nobody waits for: what goes wrong in it goes where an event handler's errors go.</summary>
    protected async Task WatchedAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            // The page has gone.
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

    private async Task FollowAsync()
    {
        await foreach (var batch in _changes.Reader.ReadAllAsync())
        {
            // After a failure more may be missing than this batch.
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
