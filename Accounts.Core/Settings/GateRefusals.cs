using System.Diagnostics.Metrics;

namespace Accounts.Core.Settings;

/// <summary>Why the server refused a request, a connection or a call.</summary>
internal enum GateRefusal
{
    /// <summary>It came without a session.</summary>
    NoSession,

    /// <summary>The database doesn't have its session.</summary>
    Unknown,

    /// <summary>Its session has ended.</summary>
    Ended,

    /// <summary>Its key isn't the session's key any more.</summary>
    ReplacedKey,

    /// <summary>It asked for a circuit that another session started.</summary>
    OtherSession,

    /// <summary>It asked for a circuit that the server doesn't know any more.</summary>
    UnknownCircuit,
}

/// <summary>Counts what the server refused, by reason. Nothing counts what it lets in: that happens on every request.</summary>
/// <remarks>Both libraries compile this file: the core refuses keys, and the gate refuses connections, calls and circuits.</remarks>
internal sealed class GateRefusals(IMeterFactory meters)
{
    private const string Reason = "accounts.gate.reason";

    private readonly Counter<long> _refused = meters.Create(AccountsMeter.Name)
        .CreateCounter<long>("accounts.gate.refused", "{refusal}", "Requests, connections and calls that were refused because of their session.")
        .FromZero(AccountsMeter.Tags<GateRefusal>(Reason));

    public void Count(GateRefusal reason) => _refused.Add(1, AccountsMeter.Tag(Reason, reason));
}
