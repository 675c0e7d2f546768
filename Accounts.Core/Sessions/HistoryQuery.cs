using System.Collections.ObjectModel;
using Accounts.Core.Storage;

namespace Accounts.Core.Sessions;

/// <summary>What the history can be sorted by.</summary>
public enum HistorySort
{
    SignedIn,
    Device,
    Location,
    Duration,
    Status,
}

/// <summary>Which of a person's sessions, in which order, and which page of them.</summary>
public sealed record HistoryQuery
{
    /// <summary>Characters of a text to look for; what is beyond them is not looked for.</summary>
    public const int TextLimit = 100;

    /// <summary>Words that all occur in the session's name, its device, its model or the device's type; empty: any device.</summary>
    public string Device { get; init => field = Cut(value); } = "";

    /// <summary>Words that all occur in the place or in one of the two addresses; empty: any place.</summary>
    public string Place { get; init => field = Cut(value); } = "";

    /// <summary>Words that all occur in what the two above look at, or in what the viewer calls the country; empty: anything.</summary>
    public string Text { get; init => field = Cut(value); } = "";

    /// <summary>What the viewer calls countries, by their codes: <see cref="Text"/> finds them by these names too.</summary>
    public IReadOnlyDictionary<string, string> CountryNames { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Only sessions in this country, ISO 3166-1 alpha-2; empty: any country.</summary>
    public string Country { get; init => field = Cut(value); } = "";

    /// <summary>True: live sessions alone. False: sessions that are over. Null: both.</summary>
    public bool? Live { get; init; }

    /// <summary>Only sessions that ended for this reason; null: whatever the reason.</summary>
    public EndReason? Reason { get; init; }

    /// <summary>Only sessions that were not over before this moment.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only sessions that had started before this moment.</summary>
    public DateTimeOffset? To { get; init; }

    public HistorySort Sort { get; init; } = HistorySort.SignedIn;

    public bool Descending { get; init; } = true;

    /// <summary>Which page, from 1. A page behind the last one is the last one.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Whether anything is left out.</summary>
    public bool IsFiltered =>
        Text.Length > 0 || Device.Length > 0 || Place.Length > 0 || Country.Length > 0
        || Live is not null || Reason is not null || From is not null || To is not null;

    private static string Cut(string text) => ShortText.Cut(text, TextLimit);
}
