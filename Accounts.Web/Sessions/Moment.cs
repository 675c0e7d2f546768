using Accounts.Core.Sessions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.Sessions;

/// <summary>A point in time on a page. The server writes it in UTC; viewer.js shows it in the viewer's zone and language, and keeps it true while the page stays open.</summary>
/// <remarks>Fragments and not components: a page of many sessions has hundreds of them, and an open circuit keeps each component for as long as it lives.</remarks>
internal static class Moment
{
    /// <param name="at">The point in time.</param>
    /// <param name="show">
    /// "at": day and time; "clock": the time to the second, with the day if that is not today; "minute": the same to the minute; "time": the time alone;
    /// "day": the day alone; "ago": how long ago, for an act; "since": the same, for anything else.
    /// </param>
    public static RenderFragment Of(DateTimeOffset at, string show) => Element(at, show, SessionText.At(at));

    /// <summary>How long something has lasted so far.</summary>
    /// <param name="since">When it began.</param>
    /// <param name="duration">What it came to when the page was made.</param>
    public static RenderFragment Elapsed(DateTimeOffset since, TimeSpan duration) => Element(since, "elapsed", SessionText.Duration(duration));

    /// <summary>Whether the browser of a session that was ended from elsewhere has really left; nothing where that is not asked.</summary>
    public static RenderFragment? Left(Departure? departure) => departure switch
    {
        Departure.Confirmed confirmed => Sentence("Signed out. Confirmed ", confirmed.At),
        Departure.NothingOpen => Sentence("No page was open there. It is refused when it returns."),
        Departure.Awaited => Sentence("Signed out. Waiting for it to confirm…"),
        Departure.NotConfirmed { ClosedAt: { } closed } => Sentence("Not confirmed; its connections were closed at ", closed),
        Departure.NotConfirmed => Sentence("Not confirmed. It is refused when it returns."),
        _ => null,
    };

    private static RenderFragment Sentence(string text) => builder => builder.AddContent(0, text);

    private static RenderFragment Sentence(string text, DateTimeOffset at) => builder =>
    {
        builder.AddContent(0, text);
        builder.AddContent(1, Of(at, "clock"));
        builder.AddContent(2, ".");
    };

    private static RenderFragment Element(DateTimeOffset at, string show, string text) => builder =>
    {
        builder.OpenElement(0, "time");
        builder.AddAttribute(1, "datetime", at.ToString("O"));
        builder.AddAttribute(2, "data-show", show);
        builder.AddContent(3, text);
        builder.CloseElement();
    };
}
