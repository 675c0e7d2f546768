using Accounts.Core.Callers;

namespace Accounts.AspNetCore.Gate;

/// <summary>Tracks the open circuits or connections of each session.</summary>
/// <remarks>
/// An opener adds its entry before it checks the session. An ender marks the session as ended before it asks for entries. So no entry slips through.
/// </remarks>
internal abstract class OpenBySession<T> where T : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, List<T>> _open = [];

    public void Add(SessionId session, T opened)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(session, out var all))
                _open[session] = all = [];
            all.Add(opened);
        }
    }

    public void Remove(SessionId session, T closed)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(session, out var all) && all.Remove(closed) && all.Count == 0)
                _open.Remove(session);
        }
    }

    public IReadOnlyList<T> Of(SessionId session)
    {
        lock (_gate)
            return _open.TryGetValue(session, out var all) ? [.. all] : [];
    }
}
