using System.Collections.Concurrent;
using Accounts.Core.Callers;

namespace Accounts.AspNetCore.Gate;

/// <summary>Remembers which session started which circuit, so no other session can take it over with its secret.</summary>
/// <remarks>
/// Forgets a secret some time after its last connection closes. By then the framework has released the circuit too. An unknown secret has no owner
/// and is refused.
/// </remarks>
internal sealed class CircuitOwners(TimeProvider time)
{
    /// <summary>Longer than the framework keeps a disconnected circuit (3 minutes by default).</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Secret, Owner Left)> _left = new();

    /// <summary>Gives the circuit to this connection and takes it from any earlier one.</summary>
    /// <param name="secret">The circuit's secret.</param>
    /// <param name="session">The session that has it.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="before">The secret that the circuit had before it was paused and resumed; null if it is the same.</param>
    public void Connected(string secret, SessionId session, string connection, string? before = null) =>
        _owners[secret] = new Owner(session, connection, null, _owners.GetValueOrDefault(before ?? secret)?.Components ?? new ComponentCount());

    /// <summary>The circuit's root components; null for an unknown circuit.</summary>
    public ComponentCount? FindComponents(string secret) => _owners.GetValueOrDefault(secret)?.Components;

    public bool Owns(string secret, SessionId session) => _owners.TryGetValue(secret, out var owner) && owner.Session == session;

    /// <summary>Marks a closed connection. A late report from an old connection doesn't affect the current one.</summary>
    public void Disconnected(string secret, string connection)
    {
        var now = time.GetTimestamp();
        if (_owners.TryGetValue(secret, out var owner) && string.Equals(owner.Connection, connection, StringComparison.Ordinal))
        {
            var left = owner with { DisconnectedAt = now };
            if (_owners.TryUpdate(secret, left, owner))
                _left.Enqueue((secret, left));
        }

        while (_left.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Left.DisconnectedAt!.Value, now) > Retention
            && _left.TryDequeue(out var gone))
            _owners.TryRemove(KeyValuePair.Create(gone.Secret, gone.Left));
    }

    private sealed record Owner(SessionId Session, string Connection, long? DisconnectedAt, ComponentCount Components);

    /// <summary>How many root components a circuit has. Its calls come one after the other.</summary>
    internal sealed class ComponentCount
    {
        public int Value { get; set; }
    }
}
