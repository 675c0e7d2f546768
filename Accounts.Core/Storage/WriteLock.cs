namespace Accounts.Core.Storage;

/// <summary>Who goes first when several want to write.</summary>
internal enum WritePriority
{
    /// <summary>Sign-ins, changes, the activity that is written behind.</summary>
    Ordinary,

    /// <summary>The ending of a session. It goes before everything that waits.</summary>
    Ending,
}

/// <summary>Lets one writer at a time into SQLite, endings before everything else.</summary>
/// <remarks>
/// SQLite has one writer. Leaving the queue to its busy time-out makes an ending wait for its turn in a lottery beside a flush;
/// here it waits for the one transaction that is under way and then goes first. Held by value of <see cref="Turn"/>; disposing it passes the lock on.
/// </remarks>
internal sealed class WriteLock
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _endings = new();
    private readonly Queue<TaskCompletionSource> _ordinary = new();
    private bool _held;

    /// <summary>Waits for the lock. There is no time-out: every holder is bounded by the database's own.</summary>
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

    /// <summary>The right to write, until disposed.</summary>
    public readonly struct Turn(WriteLock owner) : IDisposable
    {
        public void Dispose() => owner.Leave();
    }
}
