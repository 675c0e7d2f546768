using System.Collections.ObjectModel;
using Accounts.Core.Sessions;
using Accounts.Core.Users;

namespace Accounts.Core.History;

/// <summary>The columns that sort the history.</summary>
public enum HistorySort
{
    /// <summary>The time of the sign-in.</summary>
    SignedIn,

    /// <summary>The session's name, or else its device's title.</summary>
    Device,

    /// <summary>The latest place's name, then the address.</summary>
    Location,

    /// <summary>How long the session lasted, or has lasted so far.</summary>
    Duration,

    /// <summary>Live sessions first, then ended ones by the reason.</summary>
    Status,
}

/// <summary>A filter for a user's sessions, an order, and the number of a page.</summary>
public sealed record HistoryQuery
{
    /// <summary>Maximum length of a search text, in characters. The rest is ignored.</summary>
    public const int TextLimit = 100;

    /// <summary>Words that must all occur in the session's name, device, model or device type. Empty: any device.</summary>
    public string Device { get; init => field = Cut(value); } = "";

    /// <summary>Words that must all occur in the place or one of the two addresses. Empty: any place.</summary>
    public string Place { get; init => field = Cut(value); } = "";

    /// <summary>Words that must all occur in what the two filters above search, or in the country's name. Empty: any session.</summary>
    public string Text { get; init => field = Cut(value); } = "";

    /// <summary>Countries' names in the viewer's language, by code. <see cref="Text"/> also searches these names.</summary>
    public IReadOnlyDictionary<string, string> CountryNames { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Only sessions in this country, ISO 3166-1 alpha-2. Empty: any country.</summary>
    public string Country { get; init => field = Cut(value); } = "";

    /// <summary>True: only live sessions. False: only ended sessions. Null: both.</summary>
    public bool? Live { get; init; }

    /// <summary>Only sessions that ended for this reason. Null: any reason.</summary>
    public EndReason? Reason { get; init; }

    /// <summary>Only sessions that had not ended before this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only sessions that started before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The column that sorts the sessions. Sessions that are equal there follow by sign-in, the latest first.</summary>
    public HistorySort Sort { get; init; } = HistorySort.SignedIn;

    /// <summary>Whether the order is reversed: the latest or longest first.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>The number of the page, from 1. A number past the last page means the last page.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Whether the query excludes any sessions.</summary>
    public bool IsFiltered =>
        Text.Length > 0 || Device.Length > 0 || Place.Length > 0 || Country.Length > 0
        || Live is not null || Reason is not null || From is not null || To is not null;

    private static string Cut(string text) => TypedText.Cut(TypedText.Clean(text), TextLimit);
}
