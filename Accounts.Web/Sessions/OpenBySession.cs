using Accounts.Core.Users;

namespace Accounts.Web.Sessions;

/// <summary>What is open for which session: circuits, connections.</summary>
/// <remarks>
/// Whoever opens something adds it first and checks the session second; whoever ends a session marks it first and asks for what is open
/// second. So nothing slips through between the two.
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
