using Accounts.Core.Devices;
using Accounts.Core.Users;

namespace Accounts.Core.Sessions;

/// <summary>A page of the history.</summary>
/// <param name="Entries">Its rows.</param>
/// <param name="Total">How many rows all pages have together.</param>
/// <param name="Page">Which page it is, from 1.</param>
/// <param name="Countries">The countries of all sessions at the time asked for, whatever else was; in the order of their English names.</param>
/// <param name="Cut">Whether there are older sessions that were not looked at; see <see cref="HistoryReader.Bound"/>.</param>
public sealed record HistoryPage(IReadOnlyList<HistoryEntry> Entries, int Total, int Page, IReadOnlyList<HistoryCountry> Countries, bool Cut)
    : TablePage(Entries.Count, Total, Page, Cut)
{
    /// <summary>How many live sessions the query finds, whatever status it asks for.</summary>
    public int Live { get; init; }

    /// <summary>How many sessions that are over, likewise.</summary>
    public int Over { get; init; }

    /// <summary>How many sessions the person's history has, whatever the query asks for.</summary>
    public int All { get; init; }
}

/// <summary>A country that sessions of the history were in.</summary>
/// <param name="Code">ISO 3166-1 alpha-2: "DE".</param>
/// <param name="Name">Its English name.</param>
public sealed record HistoryCountry(string Code, string Name);

/// <summary>A session in the history, with what is known of its end.</summary>
/// <param name="Session">The session.</param>
/// <param name="Duration">How long it lasted, or has lasted so far.</param>
/// <param name="EndedBy">The session that it was ended through; null if it is live, if the clock ended it, or if that was not one of this person's sessions.</param>
/// <param name="Expiry">Which of its times ran out; null if none did or if it cannot be told.</param>
public sealed record HistoryEntry(Session Session, TimeSpan Duration, SessionEnder? EndedBy, Expiry? Expiry)
{
    /// <summary>Whether somebody ended it from another browser.</summary>
    public bool EndedFromElsewhere => Session.Ending is { Reason: not EndReason.Replaced, BySession: { } by } && by != Session.Id;
}

/// <summary>The session that another one was ended through, live or over.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What the user calls it; null if they have not named it.</param>
/// <param name="Device">What it is signed in from.</param>
public sealed record SessionEnder(SessionId Id, string? Name, Device Device);

/// <summary>Which of a session's times ran out.</summary>
/// <param name="Absolute">True: the longest time that any session lasts. False: the time that it may go unused.</param>
/// <param name="Length">That time.</param>
public sealed record Expiry(bool Absolute, TimeSpan Length);
