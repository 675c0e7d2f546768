using System.Collections.Concurrent;
using Accounts.Core.Users;

namespace Accounts.Web.Sessions;

/// <summary>Remembers which session started which circuit, so that nobody else can take it over with its secret.</summary>
/// <remarks>
/// A secret is forgotten some time after its last connection is gone, when the framework has let go of the circuit as well. A secret that is
/// not known here is nobody's, and is refused.
/// </remarks>
internal sealed class CircuitOwners(TimeProvider time)
{
    /// <summary>Longer than the framework keeps a disconnected circuit (3 minutes by default).</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Secret, Owner Left)> _left = new();

    /// <summary>A connection has the circuit now; whichever had it before has it no longer.</summary>
    public void Connected(string secret, SessionId session, string connection) => _owners[secret] = new Owner(session, connection, null);

    public bool Owns(string secret, SessionId session) => _owners.TryGetValue(secret, out var owner) && owner.Session == session;

    /// <summary>A connection is gone. An old one that is late with it takes nothing from the one that has the circuit.</summary>
    public void Disconnected(string secret, string connection)
    {
        var now = time.GetTimestamp();
        if (_owners.TryGetValue(secret, out var owner) && string.Equals(owner.Connection, connection, StringComparison.Ordinal))
        {
            var left = owner with { DisconnectedAt = now };
            if (_owners.TryUpdate(secret, left, owner))
                _left.Enqueue((secret, left));
        }

        while (_left.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Left.DisconnectedAt!.Value, now) > Retention && _left.TryDequeue(out var gone))
            _owners.TryRemove(KeyValuePair.Create(gone.Secret, gone.Left));
    }

    private sealed record Owner(SessionId Session, string Connection, long? DisconnectedAt);
}
