using Accounts.Core.History;
using Accounts.Core.Sessions;
using Accounts.Web.Tables;

namespace Accounts.Web.History;

/// <summary>The last 14 days of a user's sessions, laid out for a drawing.</summary>
/// <remarks>Positions are fractions of the width. The width is 14 whole days, ending today.</remarks>
/// <param name="Lanes">One lane per browser, live ones first, then the latest; <see cref="LaneLimit"/> at most.</param>
/// <param name="MoreBrowsers">How many browsers have no lane.</param>
/// <param name="Days">The start of each day in the viewer's time zone.</param>
/// <param name="List">The latest sessions as a list, grouped by sign-in day. The key null means before the first day.</param>
/// <param name="MoreSessions">How many sessions are not in the list.</param>
public sealed record SessionTimeline(
    IReadOnlyList<TimelineLane> Lanes,
    int MoreBrowsers,
    IReadOnlyList<TimelineDay> Days,
    IReadOnlyList<IGrouping<DateTimeOffset?, HistoryEntry>> List,
    int MoreSessions)
{
    public const int LaneLimit = 12;
    public const int ListLimit = 12;
    public const int DayCount = 14;

    /// <summary>When the first day begins in the viewer's time zone.</summary>
    public static DateTimeOffset Start(DateTimeOffset now, TimeZoneInfo zone) => zone.StartOf(zone.DayOf(now).AddDays(1 - DayCount));

    /// <param name="entries">The sessions that overlap the 14 days, newest first.</param>
    /// <param name="now">The end of live sessions.</param>
    /// <param name="zone">The viewer's time zone. It decides where a day begins.</param>
    public static SessionTimeline Of(IReadOnlyList<HistoryEntry> entries, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = zone.DayOf(now);
        var span = new TimelineSpan(Start(now, zone), zone.StartOf(today.AddDays(1)), now);
        var lanes = entries
            .GroupBy(entry => entry.Session.Browser)
            .OrderByDescending(browser => browser.Any(entry => entry.Session.Ending is null))
            .ThenByDescending(browser => browser.Max(entry => entry.Session.StartedAt))
            .ToList();
        var days = Enumerable.Range(1 - DayCount, DayCount)
            .Select(offset => today.AddDays(offset))
            .Select(day => new TimelineDay(day, zone.StartOf(day)));
        return new SessionTimeline(
            [.. lanes.Take(LaneLimit).Select(browser => new TimelineLane(browser.First().Session, [.. browser.Select(Bar)]))],
            Math.Max(0, lanes.Count - LaneLimit),
            [.. days],
            [.. entries.Take(ListLimit).GroupBy(entry => DayOf(entry.Session.StartedAt))],
            Math.Max(0, entries.Count - ListLimit));

        TimelineBar Bar(HistoryEntry entry) => new(entry, span);

        DateTimeOffset? DayOf(DateTimeOffset time) => time < span.From ? null : zone.StartOf(zone.DayOf(time));
    }
}

/// <summary>The time that the drawing covers.</summary>
public sealed record TimelineSpan(DateTimeOffset From, DateTimeOffset To, DateTimeOffset Now)
{
    /// <summary>A moment's position, from 0 at the beginning to 1 at the end.</summary>
    public double Share(DateTimeOffset time) => Math.Clamp((time - From) / (To - From), 0, 1);
}

/// <summary>A browser's lane.</summary>
/// <param name="Newest">The browser's newest session, which names the lane.</param>
/// <param name="Bars">The browser's sessions.</param>
public sealed record TimelineLane(Session Newest, IReadOnlyList<TimelineBar> Bars);

/// <summary>A session's bar.</summary>
public sealed record TimelineBar(HistoryEntry Entry, TimelineSpan Span)
{
    public double Start { get; } = Span.Share(Entry.Session.StartedAt);

    public double End { get; } = Span.Share(Entry.Session.Ending?.At ?? Span.Now);

    public bool IsLive => Entry.Session.Ending is null;

    /// <summary>Whether the user chose to end the session from another device.</summary>
    public bool IsTerminated => Entry.EndedFromElsewhere && Entry.Session.Ending?.Reason is not EndReason.LimitReached;
}

/// <summary>A day and when it begins.</summary>
public sealed record TimelineDay(DateOnly Day, DateTimeOffset At);
