using Accounts.Core.Callers;

namespace Accounts.Core.Audit;

/// <summary>One audit event. The transaction of the action writes it, and nothing changes it afterwards.</summary>
/// <remarks>It has ids, never names: what tells about a person is in <see cref="Details"/>, which erasure can empty.</remarks>
internal sealed class AuditEventRow
{
    /// <summary>Maximum length of a reason, in characters.</summary>
    public const int ReasonLimit = 500;

    /// <summary>Maximum length of a value, in characters.</summary>
    public const int ValueLimit = 64;

    // Entity Framework uses this constructor.
    private AuditEventRow()
    {
        Action = "";
    }

    public AuditEventRow(DateTimeOffset at, string action, Guid userId)
    {
        Id = Guid.CreateVersion7(at);
        At = at;
        Action = action;
        UserId = userId;
    }

    public Guid Id { get; private init; }

    public DateTimeOffset At { get; private init; }

    /// <summary>One of <see cref="AuditAction"/>.</summary>
    public string Action { get; private init; }

    /// <summary>The account that the event belongs to. Not a foreign key: the event outlives the account.</summary>
    public Guid UserId { get; private init; }

    /// <summary>The user who acted; null if a timeout did, or whoever operates the server.</summary>
    public Guid? ActorUserId { get; init; }

    /// <summary>
    /// The account that a member of staff acted on; null for an event that concerns its own account only. Such an act has an event in the log of the
    /// account, and one in the log of the member of staff.
    /// </summary>
    public Guid? OnUserId { get; init; }

    /// <summary>What the action came through.</summary>
    public CallerKind Kind { get; init; } = CallerKind.Browser;

    /// <summary>The session that the user acted from; null if there was no session yet.</summary>
    public Guid? ActorSessionId { get; init; }

    /// <summary>Why the actor acted on somebody else's account, in their words; null for actions that need no reason. Erasure keeps it.</summary>
    public string? Reason { get; init; }

    /// <summary>What the action set, such as the name of a plan; null for actions that set nothing.</summary>
    public string? Value { get; init; }

    /// <summary>How the actor was verified, for an action that is a proof; otherwise null.</summary>
    public SignInMethods? Methods { get; init; }

    /// <summary>The session that the action changed; null if it changed several or none.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>How many sessions the action ended, or how many accounts a search found; null for actions that count nothing.</summary>
    public int? Count { get; init; }

    /// <summary>The ids of the ended sessions, for an event that lists them; otherwise null.</summary>
    public List<Guid>? EndedSessionIds { get; init; }

    /// <summary>What tells about a person; null if nothing does.</summary>
    public AuditDetailsRow? Details { get; init; }
}
