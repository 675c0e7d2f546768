using Accounts.Core.Geolocation;
using Accounts.Core.Storage;

namespace Accounts.Core.Audit;

/// <summary>One audit event. The transaction of the action writes it. Later only its address changes: it is shortened.</summary>
internal sealed class AuditEventRow
{
    /// <summary>Maximum length of a device's title, in characters.</summary>
    public const int DeviceLimit = 200;

    private string? _address;

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

    /// <summary>The user who acted; null if a timeout did.</summary>
    public Guid? ActorUserId { get; init; }

    /// <summary>The session that the user acted from; null if there was no session yet.</summary>
    public Guid? ActorSessionId { get; init; }

    /// <summary>That session's name at the time; null if it had none. Stored here because the session is removed long before its events.</summary>
    public string? ActorName { get; init; }

    /// <summary>The title of that session's device: "Chrome 156 on Windows 11"; null in rows from before this column existed.</summary>
    public string? ActorDevice { get; init => field = Cut(value); }

    /// <summary>The session that the action changed; null if it changed several or none.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>That session's name after the action; null if it had none.</summary>
    public string? SessionName { get; init; }

    /// <summary>The title of that session's device.</summary>
    public string? SessionDevice { get; init => field = Cut(value); }

    /// <summary>How many sessions the action ended; null for actions that don't count them.</summary>
    public int? Count { get; init; }

    /// <summary>The ended sessions, as <see cref="EndedSessionList"/> writes them; null for an event that doesn't list them.</summary>
    public string? EndedSessions { get; init; }

    /// <summary>The IP address that the request came from.</summary>
    public string? Address
    {
        get => _address;
        init
        {
            _address = value;
            WholeAddressSince = value is null ? null : At;
        }
    }

    /// <summary>Equals <see cref="At"/> while the address is whole; null if it is shortened or missing.</summary>
    public DateTimeOffset? WholeAddressSince { get; private set; }

    public void ShortenAddress()
    {
        _address = _address is null ? null : ShortAddress.Of(_address);
        WholeAddressSince = null;
    }

    /// <summary>Cuts a device's title to <see cref="DeviceLimit"/> characters.</summary>
    public static string? Cut(string? title) => title is null ? null : ShortText.Cut(title, DeviceLimit);
}
