using Accounts.Core.Audit;

namespace Accounts.Core.Administration;

/// <summary>An ending of everybody's sessions. The row is there from the act on, so that a crash doesn't leave it half done.</summary>
internal sealed class MassEndingRow
{
    public required Guid Id { get; init; }

    /// <summary>The epoch that began with it. It ends the sessions of all earlier ones.</summary>
    public required long Epoch { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The administrator.</summary>
    public required Guid ByUserId { get; init; }

    /// <summary>The administrator's session, which stays.</summary>
    public required Guid BySessionId { get; init; }

    /// <summary>Why, in the administrator's words. At most <see cref="AuditEventRow.ReasonLimit"/> characters.</summary>
    public required string Reason { get; init; }

    /// <summary>How many sessions it was to end.</summary>
    public required int Total { get; init; }

    /// <summary>How many it has ended so far, without views of support.</summary>
    public int Ended { get; set; }

    /// <summary>When no session of an earlier epoch was live any more; null until then.</summary>
    public DateTimeOffset? FinishedAt { get; set; }
}
