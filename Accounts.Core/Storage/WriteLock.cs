
namespace Accounts.Core.Storage;

/// <summary>The order of waiting writers.</summary>
internal enum WritePriority
{
    /// <summary>Sign-ins, changes and buffered activity.</summary>
    Ordinary,

    /// <summary>Ending a session. It goes before all ordinary writes that wait.</summary>
    Ending,
}

/// <summary>Lets one writer at a time into SQLite, endings first.</summary>
/// <remarks>
/// SQLite allows one writer. With its own busy timeout, waiting writers retry in no order, so an ending could lose to others again and again.
/// With this lock, an ending waits for the running transaction and then goes first. Disposing the <see cref="Turn"/> passes the lock on.
/// </remarks>
internal sealed class WriteLock
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _endings = new();
    private readonly Queue<TaskCompletionSource> _ordinary = new();
    private bool _held;

    /// <summary>Waits for the lock, without a timeout: the database's own timeout limits every holder.</summary>
    public async ValueTask<Turn> EnterAsync(WritePriority priority)
    {
        TaskCompletionSource? wait = null;
        lock (_gate)
        {
            if (_held)
            {
                wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                (priority == WritePriority.Ending ? _endings : _ordinary).Enqueue(wait);
            }

            _held = true;
        }

        if (wait is not null)
            await wait.Task;
        return new Turn(this);
    }

    private void Leave()
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            if (!_endings.TryDequeue(out next) && !_ordinary.TryDequeue(out next))
                _held = false;
        }

        next?.SetResult();
    }

    /// <summary>Permission to write, until disposed.</summary>
    public readonly struct Turn(WriteLock owner) : IDisposable
    {
        public void Dispose() => owner.Leave();
    }
}
