using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Storage;

namespace Accounts.Core.SignIn;

/// <summary>A run of refused attempts in the database.</summary>
internal sealed class RefusedAttemptRow
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required RefusedAttemptKind Kind { get; init; }

    public required RefusedAttemptReason Reason { get; init; }

    /// <summary>The time of the latest attempt.</summary>
    public DateTimeOffset At { get; private set; }

    public int Count { get; private set; }

    /// <summary>The signed-in session that the latest attempt came from; null for a sign-in. The session's own row may be gone.</summary>
    public Guid? SessionId { get; private set; }

    public string Address { get; private set; } = "";

    public string UserAgent { get; private set; } = "";

    /// <summary>The browser's Client Hints, as <see cref="Devices.ClientHints.ToText"/> writes them; null if none.</summary>
    public string? ClientHints { get; private set; }

    /// <summary>The time of the latest attempt while the address is whole; null once it is short.</summary>
    public DateTimeOffset? WholeAddressSince { get; private set; }

    /// <summary>Adds attempts to the run. It shows the latest one.</summary>
    public void Add(DateTimeOffset at, int count, string address, Guid? session, string userAgent, string? hints)
    {
        Count = (int)Math.Min(int.MaxValue, (long)Count + count);
        if (at < At)
            return;

        (At, Address, SessionId) = (at, ShortText.Cut(address, AddressLimit), session);
        (UserAgent, ClientHints, WholeAddressSince) = (userAgent, hints, at);
    }

    /// <summary>Maximum length of an address, in characters.</summary>
    public const int AddressLimit = 45;

    public void ShortenAddress()
    {
        Address = ShortAddress.Of(Address);
        WholeAddressSince = null;
    }

    public RefusedAttempt Show(PlaceFinder places) => new(At, Kind, Reason, Count, Address, places.Find(Address),
        DeviceDetector.Detect(new DeviceSignals(UserAgent, Devices.ClientHints.Parse(ClientHints))));
}
