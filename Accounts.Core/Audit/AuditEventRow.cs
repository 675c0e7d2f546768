using Accounts.Core.Geolocation;
using Accounts.Core.Storage;

namespace Accounts.Core.Audit;

/// <summary>Something that somebody did to an account; written in the transaction that did it, and never changed. The one exception is its address, which is shortened with age.</summary>
internal sealed class AuditEventRow
{
    /// <summary>Characters of a device's title that are kept.</summary>
    public const int DeviceLimit = 200;

    private string? _address;

    // Entity Framework's way in.
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

    /// <summary>Whose account it was done to. Not a foreign key: the record outlives the account.</summary>
    public Guid UserId { get; private init; }

    /// <summary>Who did it; null: the clock.</summary>
    public Guid? ActorUserId { get; init; }

    /// <summary>The session that it was done through; null before there is one.</summary>
    public Guid? ActorSessionId { get; init; }

    /// <summary>What that session was called by its person at the time; null if it had no name. Written here because the session is removed long before its events.</summary>
    public string? ActorName { get; init; }

    /// <summary>The title of the device that it was done from: "Chrome 156 on Windows 11"; null where that was not kept yet.</summary>
    public string? ActorDevice { get; init => field = Cut(value); }

    /// <summary>The one session that it was done to; null for many.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>What that session was called afterwards; null if it had no name.</summary>
    public string? SessionName { get; init; }

    /// <summary>The title of the device of that session.</summary>
    public string? SessionDevice { get; init => field = Cut(value); }

    /// <summary>How many sessions it ended.</summary>
    public int? Count { get; init; }

    /// <summary>The sessions that it ended, as <see cref="EndedSessionList"/> writes them; null for an event that doesn't list them.</summary>
    public string? EndedSessions { get; init; }

    /// <summary>The IP address that it came from.</summary>
    public string? Address
    {
        get => _address;
        init
        {
            _address = value;
            WholeAddressSince = value is null ? null : At;
        }
    }

    /// <summary>Since when the address is kept whole, which is <see cref="At"/>; null once it is shortened, or if there is none.</summary>
    public DateTimeOffset? WholeAddressSince { get; private set; }

    public void ShortenAddress()
    {
        _address = _address is null ? null : ShortAddress.Of(_address);
        WholeAddressSince = null;
    }

    /// <summary>As much of a device's title as is kept.</summary>
    public static string? Cut(string? title) => title is null ? null : ShortText.Cut(title, DeviceLimit);
}
