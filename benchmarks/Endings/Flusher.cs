using Accounts.Core.Sessions;

namespace Accounts.Benchmarks.Endings;

/// <summary>Writes activity without a pause: every round each of its sessions has been active, and the next round begins when the last is written.</summary>
/// <remarks>Runs from its making until <see cref="StopAsync"/>. In the product a round comes every few seconds; this is the worst neighbour that an ending can have.</remarks>
internal sealed class Flusher
{
    private readonly SessionActivity _activity;
    private readonly IReadOnlyList<LiveSession> _sessions;
    private readonly Task _work;
    private int _rounds;
    private volatile bool _stopping;

    public Flusher(SessionActivity activity, IReadOnlyList<LiveSession> sessions)
    {
        _activity = activity;
        _sessions = sessions;
        _work = Task.Run(WorkAsync);
    }

    /// <summary>Complete rounds so far.</summary>
    public int Rounds => Volatile.Read(ref _rounds);

    public Task StopAsync()
    {
        _stopping = true;
        return _work;
    }

    private async Task WorkAsync()
    {
        while (!_stopping)
        {
            foreach (var session in _sessions)
                _activity.RecordPage(session, "203.0.113.8");
            await _activity.FlushAsync();
            Interlocked.Increment(ref _rounds);
        }
    }
}
