using Accounts.Core.Callers;
using Accounts.Core.Devices;
using Accounts.Core.Sessions;
using Accounts.Core.Tables;

namespace Accounts.Core.History;

/// <summary>A page of the history.</summary>
/// <param name="Entries">The page's rows.</param>
/// <param name="Total">The number of rows on all pages.</param>
/// <param name="Page">The page's number, from 1.</param>
/// <param name="Countries">The countries of all sessions in the query's time range, whatever its other filters. Sorted by English name.</param>
/// <param name="Cut">Whether older sessions were not searched; see <see cref="HistoryReader.Bound"/>.</param>
public sealed record HistoryPage(IReadOnlyList<HistoryEntry> Entries, int Total, int Page, IReadOnlyList<HistoryCountry> Countries, bool Cut)
    : TablePage(Entries.Count, Total, Page, Cut)
{
    /// <summary>How many live sessions match the query, apart from its status filter.</summary>
    public int Live { get; init; }

    /// <summary>How many ended sessions match the query, apart from its status filter.</summary>
    public int Over { get; init; }

    /// <summary>How many sessions the user's history has in total.</summary>
    public int All { get; init; }
}

/// <summary>A country that occurs in the history.</summary>
/// <param name="Code">ISO 3166-1 alpha-2: "DE".</param>
/// <param name="Name">The country's English name.</param>
public sealed record HistoryCountry(string Code, string Name);

/// <summary>A session in the history, with details of its end.</summary>
/// <param name="Session">The session.</param>
/// <param name="Duration">How long it lasted, or has lasted so far.</param>
/// <param name="EndedBy">The user's session that ended it; null if it is live, expired, or was ended otherwise.</param>
/// <param name="Expiry">The timeout that ended it; null if none did, or if it is unknown.</param>
public sealed record HistoryEntry(Session Session, TimeSpan Duration, SessionEnder? EndedBy, Expiry? Expiry)
{
    /// <summary>Whether it was ended from another browser.</summary>
    public bool EndedFromElsewhere => Session.Ending is { Reason: not EndReason.Replaced, BySession: { } by } && by != Session.Id;
}

/// <summary>The session that another one was ended through, live or over.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What the user calls it; null if they have not named it.</param>
/// <param name="Device">What it is signed in from.</param>
public sealed record SessionEnder(SessionId Id, string? Name, Device Device);
