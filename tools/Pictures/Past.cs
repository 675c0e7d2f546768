using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Stage;

namespace Accounts.Pictures;

/// <summary>Ada's other sessions and history. The people are invented, and the addresses are university networks that no device uses.</summary>
internal static class Past
{
    /// <summary>Four live sessions in other browsers, one of them named.</summary>
    public static SessionRow[] Elsewhere(UserId ada, DateTimeOffset now) =>
    [
        Live(ada, now.AddDays(-6), now.AddMinutes(-2), Browsers.Phone, "194.117.1.0", 212),
        Live(ada, now.AddDays(-2), now.AddHours(-3), Browsers.Mac, "131.130.1.0", 41, "Work laptop"),
        Live(ada, now.AddDays(-11), now.AddDays(-1), Browsers.Linux, "143.107.1.0", 17),
    ];

    /// <summary>A live session with its latest activity at the given time.</summary>
    public static SessionRow Live(UserId ada, DateTimeOffset from, DateTimeOffset seen, string userAgent, string address, int pages,
        string? name = null, bool newBrowser = false)
    {
        var row = Browsers.Session(ada, from, userAgent, address, newBrowser);
        (row.LastActivityAt, row.ExpiresAt, row.PagesVisited, row.Name) = (seen, seen.AddDays(14), pages, name);
        return row;
    }

    /// <summary>A number of live sessions in all kinds of browsers.</summary>
    public static SessionRow[] Many(UserId ada, DateTimeOffset now, int count)
    {
        string[] agents = [Browsers.Phone, Browsers.Windows, Browsers.Mac, Browsers.Linux, Browsers.Android, Browsers.Edge, Browsers.Tablet];
        string[] addresses = ["194.117.1.0", "131.130.1.0", "143.107.1.0", "131.111.8.0"];
        return [.. Enumerable.Range(1, count).Select(i =>
        {
            // Activity within the last twelve days, mostly recent.
            var active = now.AddMinutes(-17 - (17_000.0 * i * i / (count * count)));
            return Live(ada, active.AddHours(-20 * (1 + (i % 90))), active, agents[i % agents.Length],
                addresses[i % addresses.Length], (i * 37) % 90);
        })];
    }

    /// <summary>Ended sessions of the last two weeks and before, with every reason.</summary>
    public static SessionRow[] History(UserId ada, DateTimeOffset now)
    {
        var desktop = Browsers.Session(ada, now);
        return
        [
            Over(ada, desktop, true, now.AddDays(-13), 20, Browsers.Windows, EndReason.SignedOut, 41),
            Over(ada, desktop, true, now.AddDays(-10), 52, Browsers.Windows, EndReason.SignedOut, 28),
            Over(ada, desktop, true, now.AddDays(-5), 30, Browsers.Windows, EndReason.Replaced, 64),
            Over(ada, desktop, false, now.AddDays(-9), 4, Browsers.Linux, EndReason.Terminated, 3, left: true),
            Over(ada, desktop, false, now.AddDays(-7), 70, Browsers.Android, EndReason.SignedOutEverywhere, 19),
            Over(ada, desktop, false, now.AddDays(-4), 6, Browsers.Edge, EndReason.PasswordChanged, 9, left: true),
            Over(ada, desktop, false, now.AddDays(-3), 24, Browsers.Tablet, EndReason.Expired, 5),
            Over(ada, desktop, false, now.AddDays(-45), 840, Browsers.Phone, EndReason.Expired, 212),
        ];
    }

    private static SessionRow Over(UserId ada, SessionRow desktop, bool inIt, DateTimeOffset from, int hours, string userAgent, EndReason reason,
        int pages, bool left = false)
    {
        var row = Browsers.Session(ada, from, userAgent, browser: inIt ? desktop.BrowserHash : null);
        var ended = from.AddHours(hours);
        (row.LastActivityAt, row.ExpiresAt, row.PagesVisited) = (ended.AddMinutes(-20), from.AddDays(60), pages);
        (row.EndedAt, row.EndReason) = (ended, reason);
        if (reason != EndReason.Expired)
            (row.EndedByUserId, row.EndedBySessionId) = (ada.Value, reason == EndReason.SignedOut ? row.Id : desktop.Id);
        if (left)
            (row.PagesTold, row.LeftAt) = (1, ended.AddSeconds(1));
        return row;
    }
}
