using Accounts.Core.Callers;
using Accounts.Core.Settings;
using Microsoft.Extensions.Options;

namespace Accounts.AspNetCore.Gate;

/// <summary>Remembers which session started which circuit, so no other session can take it over with its secret.</summary>
/// <remarks>
/// Forgets a secret some time after its last connection closes. By then the framework has released the circuit too. It also forgets a session's
/// oldest ones, if the session leaves many in that time. An unknown secret has no owner and is refused.
/// </remarks>
internal sealed class CircuitOwners(IOptions<OpenPageOptions> options, TimeProvider time)
{
    /// <summary>Longer than the framework keeps a disconnected circuit (3 minutes by default).</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private readonly LinkedList<Left> _left = [];
    private readonly Dictionary<SessionId, Queue<LinkedListNode<Left>>> _leftOf = [];

    /// <summary>How many disconnected secrets of a session are remembered: several for each page, which may come and go.</summary>
    private int MostLeft => 4 * options.Value.PerSession;

    /// <summary>Gives a circuit that has just started, or resumed as a new one, to its connection.</summary>
    /// <param name="secret">The circuit's secret.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="circuit">The circuit.</param>
    public void Started(string secret, string connection, OpenCircuit circuit)
    {
        lock (_gate)
            _owners[secret] = new Owner(circuit, connection);
    }

    /// <summary>Gives the circuit to another connection and takes it from any earlier one.</summary>
    public void Reconnected(string secret, string connection)
    {
        lock (_gate)
        {
            if (_owners.TryGetValue(secret, out var owner))
                _owners[secret] = owner with { Connection = connection };
        }
    }

    /// <summary>The circuit; null for an unknown secret.</summary>
    public OpenCircuit? Find(string secret)
    {
        lock (_gate)
            return _owners.GetValueOrDefault(secret)?.Circuit;
    }

    public bool Owns(string secret, SessionId session) => Find(secret)?.Session.Id == session;

    /// <summary>Why a session that doesn't own a circuit may not use it.</summary>
    public GateRefusal WhyNot(string secret) => Find(secret) is null ? GateRefusal.UnknownCircuit : GateRefusal.OtherSession;

    /// <summary>Forgets a circuit that has ended for good.</summary>
    public void Ended(string secret)
    {
        lock (_gate)
        {
            if (_owners.Remove(secret, out var owner))
                owner.Circuit.CloseUntaken();
        }
    }

    /// <summary>Forgets the secrets whose last connection closed long ago.</summary>
    public void ForgetOld()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            while (_left.First is { } oldest && time.GetElapsedTime(oldest.Value.At, now) > Retention)
                ForgetOldestOf(oldest.Value.Session);
        }
    }

    /// <summary>Marks a closed connection. A late report from an old connection doesn't affect the current one.</summary>
    public void Disconnected(string secret, string connection)
    {
        ForgetOld();
        lock (_gate)
        {
            if (!_owners.TryGetValue(secret, out var owner) || !string.Equals(owner.Connection, connection, StringComparison.Ordinal))
                return;
            var session = owner.Circuit.Session.Id;
            if (!_leftOf.TryGetValue(session, out var all))
                _leftOf[session] = all = [];
            all.Enqueue(_left.AddLast(new Left(secret, session, owner, time.GetTimestamp())));
            if (all.Count > MostLeft)
                ForgetOldestOf(session);
        }
    }

    /// <summary>Forgets the secret that a session left first, unless its circuit has another connection since.</summary>
    private void ForgetOldestOf(SessionId session)
    {
        var all = _leftOf[session];
        var oldest = all.Dequeue();
        _left.Remove(oldest);
        if (all.Count == 0)
            _leftOf.Remove(session);
        if (_owners.TryGetValue(oldest.Value.Secret, out var owner) && ReferenceEquals(owner, oldest.Value.Owner))
            Ended(oldest.Value.Secret);
    }

    private sealed record Owner(OpenCircuit Circuit, string Connection);

    private sealed record Left(string Secret, SessionId Session, Owner Owner, long At);
}
