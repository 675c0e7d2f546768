using Accounts.Core.Geolocation;
using Accounts.Core.Storage;

namespace Accounts.Core.Audit;

/// <summary>
/// The personal data of one audit event: names, devices and the address, as they were at the time. They are stored because the sessions are removed
/// long before their events. Later only the address changes: it is shortened. Erasure empties the whole row, once and for good; the event stays.
/// </summary>
internal sealed class AuditDetailsRow
{
    /// <summary>Maximum length of a device's title, in characters.</summary>
    public const int DeviceLimit = 200;

    private string? _address;

    // Entity Framework uses this constructor.
    private AuditDetailsRow()
    {
    }

    /// <param name="at">The event's time, from which the address is kept whole for a while.</param>
    /// <param name="address">The IP address that the request came from; null if there was no request.</param>
    public AuditDetailsRow(DateTimeOffset at, string? address)
    {
        _address = address;
        WholeAddressSince = address is null ? null : at;
    }

    /// <summary>The event. It is the row's key too.</summary>
    public Guid EventId { get; private init; }

    /// <summary>The name of the session that the user acted from; null if it had none.</summary>
    public string? ActorName { get; init; }

    /// <summary>The title of that session's device: "Chrome 156 on Windows 11"; null in rows from before this column existed.</summary>
    public string? ActorDevice { get; init => field = Cut(value); }

    /// <summary>The name of the session that the action changed, after the action; null if it had none.</summary>
    public string? SessionName { get; init; }

    /// <summary>The title of that session's device.</summary>
    public string? SessionDevice { get; init => field = Cut(value); }

    /// <summary>The ended sessions, as <see cref="EndedSessionList"/> writes them; null for an event that doesn't list them.</summary>
    public string? EndedSessions { get; init; }

    /// <summary>The IP address that the request came from.</summary>
    public string? Address => _address;

    /// <summary>The event's time while the address is whole; null if it is shortened or missing.</summary>
    public DateTimeOffset? WholeAddressSince { get; private set; }

    public void ShortenAddress()
    {
        _address = _address is null ? null : ShortAddress.Of(_address);
        WholeAddressSince = null;
    }

    /// <summary>Cuts a device's title to <see cref="DeviceLimit"/> characters.</summary>
    public static string? Cut(string? title) => title is null ? null : ShortText.Cut(title, DeviceLimit);
}
