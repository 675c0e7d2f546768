using System.Globalization;
using System.Text;
using Accounts.Core.History;
using Accounts.Web.Look;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.Components;

namespace Accounts.Web.History;

/// <summary>Draws a timeline's lanes.</summary>
/// <remarks>The drawing is a single piece of markup, for the same reason as <see cref="Moment"/>. It encodes names.</remarks>
internal static class TimelineDrawing
{
    /// <param name="timeline">What to draw.</param>
    /// <param name="zone">The viewer's time zone.</param>
    public static MarkupString Of(SessionTimeline timeline, TimeZoneInfo zone)
    {
        var text = new StringBuilder();
        foreach (var lane in timeline.Lanes)
        {
            var title = Sentence.Encode(SessionText.Title(lane.Newest));
            text.Append(CultureInfo.InvariantCulture, $"""<div class="lane"><span>{Icon.Of(SessionText.Icon(lane.Newest))}""")
                .Append(CultureInfo.InvariantCulture, $"""<b title="{title}">{title}</b></span><div class="track">""");
            foreach (var bar in lane.Bars)
                Append(text, bar, zone);
            text.Append("</div></div>");
        }

        text.Append("""<div class="lane days"><span></span><div>""");
        for (var i = 0; i < timeline.Days.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"<span>{Name(timeline.Days[i], i == 0, i == timeline.Days.Count - 1)}</span>");
        return new MarkupString(text.Append("</div></div>").ToString());
    }

    private static void Append(StringBuilder text, TimelineBar bar, TimeZoneInfo zone)
    {
        // The stylesheet widens a short bar. Anchor the bar at its more important end.
        var side = bar.IsTerminated || bar.End > 0.5 ? $"right:{Percent(1 - bar.End)}" : $"left:{Percent(bar.Start)}";
        var (kind, width) = (bar.IsLive ? "bar on" : "bar", Percent(bar.End - bar.Start));
        text.Append(CultureInfo.InvariantCulture,
            $"""<i class="{kind}" style="{side};width:{width}" title="{Sentence.Encode(Words(bar.Entry, zone))}"></i>""");
        if (bar.IsTerminated)
            text.Append(CultureInfo.InvariantCulture, $"""<i class="cut" style="right:{Percent(1 - bar.End)}"></i>""");
    }

    private static string Name(TimelineDay day, bool first, bool last) => (first, last) switch
    {
        (_, true) => $"<b>{Sentence.Encode(Texts.Common_Today)}</b>",
        (true, _) => Dated(day),
        _ => day.Day.Day == 1 ? Dated(day) : Number(day),
    };

    // A column has no room for the whole date. Without scripts, the number must do.
    private static string Dated(TimelineDay day) => Moment.Time(day.At, "day", Number(day)).Value;

    private static string Number(TimelineDay day) => day.Day.Day.ToString(CultureInfo.InvariantCulture);

    private static string Words(HistoryEntry entry, TimeZoneInfo zone)
    {
        var from = SessionText.At(entry.Session.StartedAt, zone);
        var title = SessionText.Title(entry.Session);
        return entry.Session.Ending is { } ending
            ? Texts.FormatHistory_BarEnded(
                title, from, SessionText.At(ending.At, zone), SessionText.Reason(entry.Session, ending), SessionText.How(entry))
            : Texts.FormatHistory_BarLive(title, from);
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##}%");
}
