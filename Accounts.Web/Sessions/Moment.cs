using Accounts.Core.Sessions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Sessions;

/// <summary>Shows a point in time. The server writes it in UTC. viewer.js shows it in the viewer's zone and language, and keeps it current.</summary>
/// <remarks>
/// Moments are markup, neither elements nor components. A page can have hundreds, and an open circuit keeps each element, attribute and text in
/// memory. This markup never contains user input.
/// </remarks>
internal static class Moment
{
    /// <param name="at">The point in time.</param>
    /// <param name="show">
    /// "at": day and time. "on": the same inside a sentence. "clock": the time to the second inside a sentence, with the day unless it's today.
    /// "minute": the same to the minute. "time": only the time. "day": only the day. "ago": how long ago, for activity. "active": the same as a
    /// sentence. "when": how long ago, inside a sentence, for anything else.
    /// </param>
    public static MarkupString Of(DateTimeOffset at, string show) => Time(at, show,
        string.Equals(show, "active", StringComparison.Ordinal) ? Texts.FormatSessions_ActiveAt(SessionText.At(at)) : SessionText.At(at));

    /// <summary>A point in time, with the text that stands until a script shows the time.</summary>
    public static MarkupString Time(DateTimeOffset at, string show, string text) =>
        new($"""<time datetime="{at:O}" data-show="{show}">{text}</time>""");

    /// <summary>A card's last lines: the last activity, the number of visited pages and the sign-in time.</summary>
    public static MarkupString Facts(Session session) => new($"""
        <div><p class="act"><span class="vh">{Texts.Sessions_LastActivityIs} </span>{Of(session.LastActivityAt, "active")}{Pages(session)}</p>
        <p class="since">{SignedIn(session)}</p></div>
        """);

    /// <summary>"Signed in today, 14:05".</summary>
    public static MarkupString SignedIn(Session session) => Element(Texts.Sessions_SignedInAt, session.StartedAt, "on");

    /// <summary>The duration until now.</summary>
    /// <param name="since">The start.</param>
    /// <param name="duration">The duration when the page was rendered.</param>
    public static MarkupString Elapsed(DateTimeOffset since, TimeSpan duration) => Time(since, "elapsed", SessionText.Duration(duration));

    /// <summary>Whether the browser of a remotely ended session has left; null if that doesn't apply.</summary>
    public static MarkupString? Left(Departure? departure) => departure switch
    {
        Departure.Confirmed confirmed => Element(Texts.Left_Confirmed, confirmed.At, "clock"),
        Departure.NothingOpen => Element(Texts.Left_NothingOpen),
        Departure.Awaited => Element(Texts.Left_Awaited),
        Departure.NotConfirmed { ClosedAt: { } closed } => Element(Texts.Left_Closed, closed, "clock"),
        Departure.NotConfirmed => Element(Texts.Left_NotConfirmed),
        _ => null,
    };

    /// <summary>A sentence with a time in place of {time}.</summary>
    public static MarkupString In(string sentence, DateTimeOffset at, string show) => Sentence.Of(sentence, ("time", Of(at, show)));

    // Short for the eye, complete for screen readers.
    private static string Pages(Session session)
    {
        var (seen, said) = (SessionText.Pages(session.PagesVisited), SessionText.PagesVisited(session.PagesVisited));
        return $"""<span class="pages"> · <span aria-hidden="true">{seen}</span><span class="vh">{said}</span></span>""";
    }

    // Render only elements here. If a browser's translation changes the text inside one, the page's next change still works.
    private static MarkupString Element(string text) => new($"<span>{Sentence.Encode(text)}</span>");

    private static MarkupString Element(string sentence, DateTimeOffset at, string show) => new($"<span>{In(sentence, at, show)}</span>");
}
