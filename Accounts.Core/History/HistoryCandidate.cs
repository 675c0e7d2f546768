using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Core.History;

/// <summary>A session that may be on a page of the history, with only the data that filters and sorting need.</summary>
internal sealed class HistoryCandidate(HistoryCandidate.Columns row, Device device, Place place, string address, DateTimeOffset now)
{
    public Columns Row => row;

    public string Title => row.Name ?? device.Title;

    public string Address => address;

    public Place Place => place;

    public DateTimeOffset? EndedAt => row.EndedAt ?? (row.ExpiresAt <= now ? row.ExpiresAt : null);

    public EndReason Reason => row.EndReason ?? EndReason.Expired;

    public TimeSpan Duration => (EndedAt ?? now) - row.StartedAt;

    private string DeviceText => $"{TypedText.Clean(row.Name)} {device.Title} {device.Type} {device.Model} {device.Platform}";

    private string PlaceText => $"{Place.Name} {row.SignInAddress} {address} {ShortAddress.Show(row.SignInAddress)} {ShortAddress.Show(address)}";

    /// <summary>Whether it matches the query, apart from its status.</summary>
    public bool Matches(HistoryQuery query) =>
        (query.Country.Length == 0 || string.Equals(query.Country, place.CountryCode, StringComparison.OrdinalIgnoreCase))
        && (query.Device.Length == 0 || HasAll(DeviceText, query.Device))
        && (query.Place.Length == 0 || HasAll(PlaceText, query.Place))
        && (query.Text.Length == 0 || HasAll($"{DeviceText} {PlaceText} {CountryName(query)}", query.Text));

    /// <summary>Whether its status matches the query.</summary>
    public bool HasStatus(HistoryQuery query) =>
        (query.Live is not { } live || live == EndedAt is null) && (query.Reason is not { } reason || (EndedAt is not null && reason == Reason));

    private string? CountryName(HistoryQuery query) => query.CountryNames.GetValueOrDefault(place.CountryCode ?? "");

    private static bool HasAll(string text, string words)
    {
        foreach (var word in words.AsSpan().Split(' '))
        {
            if (!text.AsSpan().Contains(words.AsSpan()[word], StringComparison.OrdinalIgnoreCase))
                return false;
        }

        return true;
    }

    /// <summary>The columns that are read for it.</summary>
    internal sealed record Columns(
        Guid Id,
        string? Name,
        string UserAgent,
        string? ClientHints,
        string SignInAddress,
        string LastAddress,
        DateTimeOffset StartedAt,
        DateTimeOffset? EndedAt,
        DateTimeOffset ExpiresAt,
        EndReason? EndReason);
}
