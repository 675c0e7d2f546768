namespace Accounts.Core.Storage;

/// <summary>The order of waiting writers.</summary>
internal enum WritePriority
{
    /// <summary>Sign-ins, changes and buffered activity.</summary>
    Ordinary,

    /// <summary>Ending a session. It goes before all ordinary writes that wait.</summary>
    Ending,
}

/// <summary>Lets in as many writers as the engine takes at the same time, endings first.</summary>
/// <remarks>
/// SQLite takes one writer. With its own busy timeout, waiting writers retry in no order, so an ending could lose to others again and again.
/// PostgreSQL takes many, but connections are limited: some places are only for endings, however many sign-ins wait. Here, an ending waits for the
/// running transactions at most and then goes first. Disposing the <see cref="Turn"/> passes the place on.
/// </remarks>
internal sealed class WriteQueue(WriterLimits limits)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _endings = new();
    private readonly Queue<TaskCompletionSource> _ordinary = new();
    private int _running;
    private int _ordinaryRunning;

    /// <summary>Waits for a place, without a timeout: the database's own timeout limits every holder.</summary>
    public async ValueTask<Turn> EnterAsync(WritePriority priority)
    {
        TaskCompletionSource? wait = null;
        lock (_gate)
        {
            if (!TryStart(priority))
            {
                wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                (priority == WritePriority.Ending ? _endings : _ordinary).Enqueue(wait);
            }
        }

        if (wait is not null)
            await wait.Task;
        return new Turn(this, priority);
    }

    private bool TryStart(WritePriority priority)
    {
        if (_running == limits.Total || (priority == WritePriority.Ordinary && _ordinaryRunning == limits.Ordinary))
            return false;
        _running++;
        if (priority == WritePriority.Ordinary)
            _ordinaryRunning++;
        return true;
    }

    private void Leave(WritePriority priority)
    {
        TaskCompletionSource? next = null;
        lock (_gate)
        {
            _running--;
            if (priority == WritePriority.Ordinary)
                _ordinaryRunning--;
            // One place is free, so at most one writer starts. While an ending waits, no ordinary writer does.
            if (_endings.TryDequeue(out next))
                TryStart(WritePriority.Ending);
            else if (_ordinary.Count > 0 && TryStart(WritePriority.Ordinary))
                next = _ordinary.Dequeue();
        }

        next?.SetResult();
    }

    /// <summary>Permission to write, until disposed.</summary>
    public readonly struct Turn(WriteQueue owner, WritePriority priority) : IDisposable
    {
        public void Dispose() => owner.Leave(priority);
    }
}
