using System.Globalization;
using Accounts.Core.Sessions;

namespace Accounts.Web.Sessions;

/// <summary>The last 14 days of a person's sessions, laid out for a drawing: every position is a share of the width, and the right edge is now.</summary>
/// <param name="Lanes">One for each browser, live ones first, then the latest; <see cref="LaneLimit"/> at most.</param>
/// <param name="MoreBrowsers">How many browsers have no lane.</param>
/// <param name="Days">Where the days begin, in the viewer's time zone.</param>
/// <param name="List">The same in words: the latest sessions by the day of their sign-in; null is before the first of the days.</param>
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
    public static readonly TimeSpan Length = TimeSpan.FromDays(14);

    /// <param name="entries">The sessions that were not over before the 14 days, newest first.</param>
    /// <param name="now">The right edge.</param>
    /// <param name="zone">The viewer's: it decides where a day begins. Positions do not depend on it.</param>
    public static SessionTimeline Of(IReadOnlyList<HistoryEntry> entries, DateTimeOffset now, TimeZoneInfo zone)
    {
        var start = now - Length;
        var lanes = entries
            .GroupBy(entry => entry.Session.Browser)
            .OrderByDescending(browser => browser.Any(entry => entry.Session.Ending is null))
            .ThenByDescending(browser => browser.Max(entry => entry.Session.StartedAt))
            .ToList();
        var today = zone.DayOf(now);
        var days = Enumerable.Range(0, 15)
            .Select(ago => new TimelineDay(zone.StartOf(today.AddDays(-ago)), Labelled: ago > 0 && ago % 2 == 0, now))
            .Where(day => day.At >= start)
            .ToList();
        return new SessionTimeline(
            [.. lanes.Take(LaneLimit).Select(browser => new TimelineLane(browser.First().Session.Title, [.. browser.Select(entry => new TimelineBar(entry, now))]))],
            Math.Max(0, lanes.Count - LaneLimit),
            days,
            [.. entries.Take(ListLimit).GroupBy(entry => entry.Session.StartedAt < start ? (DateTimeOffset?)null : zone.StartOf(zone.DayOf(entry.Session.StartedAt)))],
            Math.Max(0, entries.Count - ListLimit));
    }

    /// <summary>A share of the width, as styles and drawings write it.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##}%");

    /// <summary>Where a moment is: 0 is 14 days ago, 1 is now.</summary>
    public static double Share(DateTimeOffset time, DateTimeOffset now) => Math.Clamp(1 - ((now - time) / Length), 0, 1);
}

/// <summary>One browser.</summary>
/// <param name="Title">What its newest session is called.</param>
/// <param name="Bars">Its sessions.</param>
public sealed record TimelineLane(string Title, IReadOnlyList<TimelineBar> Bars);

/// <summary>One session.</summary>
public sealed record TimelineBar(HistoryEntry Entry, DateTimeOffset Now)
{
    /// <summary>A shorter one would not be seen: this share of the width is a little more than four hours.</summary>
    private const double Shortest = 0.0125;

    public double End { get; } = Math.Max(Shortest, SessionTimeline.Share(Entry.Session.Ending?.At ?? Now, Now));

    public double Start => Math.Min(SessionTimeline.Share(Entry.Session.StartedAt, Now), End - Shortest);

    public bool IsLive => Entry.Session.Ending is null;
}

/// <summary>The beginning of a day.</summary>
public sealed record TimelineDay(DateTimeOffset At, bool Labelled, DateTimeOffset Now)
{
    public double Share => SessionTimeline.Share(At, Now);
}
