using Accounts.Core.Live;

namespace Accounts.Benchmarks.Endings;

/// <summary>Writes activity without a pause. In each round all its sessions are active; the next round starts when the last one is written.</summary>
/// <remarks>It runs from its creation until <see cref="StopAsync"/>. The product flushes every few seconds, so this is the worst case.</remarks>
internal sealed class Flusher
{
    private readonly SessionActivity _activity;
    private readonly IReadOnlyList<LiveSession> _sessions;
    private readonly Task _work;
    private volatile bool _stopping;

    public Flusher(SessionActivity activity, IReadOnlyList<LiveSession> sessions)
    {
        _activity = activity;
        _sessions = sessions;
        _work = Task.Run(WorkAsync);
    }

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
        }
    }
}
