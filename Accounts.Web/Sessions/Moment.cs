using Accounts.Core.Sessions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Sessions;

/// <summary>A point in time on a page. The server writes it in UTC; viewer.js shows it in the viewer's zone and language, and keeps it true while the page stays open.</summary>
/// <remarks>
/// Markup and not elements, let alone components: a page of many sessions has hundreds of them, and an open circuit keeps every element, attribute and text
/// of its page for as long as it lives. Nothing that anybody has written goes into it.
/// </remarks>
internal static class Moment
{
    /// <param name="at">The point in time.</param>
    /// <param name="show">
    /// "at": day and time; "on": the same, inside a sentence; "clock": inside a sentence, the time to the second, with the day if that is not today; "minute": the same to the minute; "time": the time alone;
    /// "day": the day alone; "ago": how long ago, for an act; "active": the same as a sentence; "when": how long ago, inside a sentence, for anything else.
    /// </param>
    public static MarkupString Of(DateTimeOffset at, string show) => Element(at, show, string.Equals(show, "active", StringComparison.Ordinal) ? $"Active {SessionText.At(at)}" : SessionText.At(at));

    /// <summary>The lines at the foot of a card: when its session was last active, how many pages it has visited, and when it began.</summary>
    public static MarkupString Facts(Session session) => new($"""
        <div><p class="act"><span class="vh">Last activity: </span>{Of(session.LastActivityAt, "active")}{Pages(session)}</p>
        <p class="since"><span>Signed in </span>{Of(session.StartedAt, "on")}</p></div>
        """);

    /// <summary>How long something has lasted so far.</summary>
    /// <param name="since">When it began.</param>
    /// <param name="duration">What it came to when the page was made.</param>
    public static MarkupString Elapsed(DateTimeOffset since, TimeSpan duration) => Element(since, "elapsed", SessionText.Duration(duration));

    /// <summary>Whether the browser of a session that was ended from elsewhere has really left; nothing where that is not asked.</summary>
    public static MarkupString? Left(Departure? departure) => departure switch
    {
        Departure.Confirmed confirmed => Sentence("Signed out. Confirmed ", confirmed.At, ""),
        Departure.NothingOpen => Sentence("No open tab. It'll be blocked next time it's used."),
        Departure.Awaited => Sentence("Signing out…"),
        Departure.NotConfirmed { ClosedAt: { } closed } => Sentence("Connection closed at ", closed, ". The device hasn't confirmed."),
        Departure.NotConfirmed => Sentence("The device hasn't confirmed. It'll be blocked next time it's used."),
        _ => null,
    };

    private static string Pages(Session session) =>
        $"""<span class="pages"> · {SessionText.Pages(session.PagesVisited)}<span class="vh"> visited</span></span>""";

    // Of elements alone: what a browser's translation does inside of one, the page's next change does not meet.
    private static MarkupString Sentence(string text) => new($"<span>{text}</span>");

    private static MarkupString Sentence(string before, DateTimeOffset at, string after) => new($"<span>{before}{Of(at, "clock")}{after}</span>");

    private static MarkupString Element(DateTimeOffset at, string show, string text) => new($"""<time datetime="{at:O}" data-show="{show}">{text}</time>""");
}
