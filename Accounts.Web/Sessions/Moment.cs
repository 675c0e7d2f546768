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
    public static MarkupString Of(DateTimeOffset at, string show) => Time(at, show, string.Equals(show, "active", StringComparison.Ordinal) ? Texts.FormatSessions_ActiveAt(SessionText.At(at)) : SessionText.At(at));

    /// <summary>The lines at the foot of a card: when its session was last active, how many pages it has visited, and when it began.</summary>
    public static MarkupString Facts(Session session) => new($"""
        <div><p class="act"><span class="vh">{Texts.Sessions_LastActivityIs} </span>{Of(session.LastActivityAt, "active")}{Pages(session)}</p>
        <p class="since">{SignedIn(session)}</p></div>
        """);

    /// <summary>"Signed in today, 14:05".</summary>
    public static MarkupString SignedIn(Session session) => Element(Texts.Sessions_SignedInAt, session.StartedAt, "on");

    /// <summary>How long something has lasted so far.</summary>
    /// <param name="since">When it began.</param>
    /// <param name="duration">What it came to when the page was made.</param>
    public static MarkupString Elapsed(DateTimeOffset since, TimeSpan duration) => Time(since, "elapsed", SessionText.Duration(duration));

    /// <summary>Whether the browser of a session that was ended from elsewhere has really left; nothing where that is not asked.</summary>
    public static MarkupString? Left(Departure? departure) => departure switch
    {
        Departure.Confirmed confirmed => Element(Texts.Left_Confirmed, confirmed.At, "clock"),
        Departure.NothingOpen => Element(Texts.Left_NothingOpen),
        Departure.Awaited => Element(Texts.Left_Awaited),
        Departure.NotConfirmed { ClosedAt: { } closed } => Element(Texts.Left_Closed, closed, "clock"),
        Departure.NotConfirmed => Element(Texts.Left_NotConfirmed),
        _ => null,
    };

    /// <summary>A sentence that says a time, at its place {time}.</summary>
    public static MarkupString In(string sentence, DateTimeOffset at, string show) => Sentence.Of(sentence, ("time", Of(at, show)));

    // Short to look at, whole to listen to.
    private static string Pages(Session session)
    {
        var pages = SessionText.Pages(session.PagesVisited);
        return $"""<span class="pages"> · <span aria-hidden="true">{pages}</span><span class="vh">{Texts.FormatSessions_PagesVisited(pages)}</span></span>""";
    }

    // Of elements alone: what a browser's translation does inside of one, the page's next change does not meet.
    private static MarkupString Element(string text) => new($"<span>{Sentence.Encode(text)}</span>");

    private static MarkupString Element(string sentence, DateTimeOffset at, string show) => new($"<span>{In(sentence, at, show)}</span>");

    private static MarkupString Time(DateTimeOffset at, string show, string text) => new($"""<time datetime="{at:O}" data-show="{show}">{text}</time>""");
}
