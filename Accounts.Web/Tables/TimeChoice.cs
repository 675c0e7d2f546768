using System.Globalization;

namespace Accounts.Web.Tables;

/// <summary>The time filter above a table, as its fields hold it.</summary>
public sealed class TimeChoice
{
    public const string Everything = "";

    /// <summary>A range of days.</summary>
    public const string Chosen = "dates";

    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>The offered numbers of days up to now.</summary>
    public static readonly IReadOnlyList<string> Offered = ["7", "14", "30"];

    /// <summary>"", a number of days up to now, or "dates".</summary>
    public string Time { get; private set; } = Everything;

    /// <summary>The first and the last day, "2026-03-01", if the time is "dates".</summary>
    public string FirstDay { get; private set; } = "";

    public string LastDay { get; private set; } = "";

    /// <summary>Whether the first day is after the last.</summary>
    public bool IsBackwards => Day(FirstDay) > Day(LastDay);

    public void Clear() => Choose(Everything);

    /// <summary>Chooses all time or a number of days.</summary>
    public void Choose(string time) => (Time, FirstDay, LastDay) = (time, "", "");

    /// <summary>Chooses a range of days. Either end may be "".</summary>
    public void Choose(string firstDay, string lastDay) => (Time, FirstDay, LastDay) =
        (firstDay.Length + lastDay.Length > 0 ? Chosen : Everything, firstDay, lastDay);

    /// <summary>The range's bounds; a null bound is open. Days begin at midnight in the viewer's time zone.</summary>
    public (DateTimeOffset? From, DateTimeOffset? To) Between(DateTimeOffset now, TimeZoneInfo zone) => Time switch
    {
        Everything => (null, null),
        Chosen => (StartOf(FirstDay, zone), Day(LastDay) is { } last ? zone.StartOf(last.AddDays(1)) : null),
        _ => (zone.StartOf(zone.DayOf(now).AddDays(-int.Parse(Time, CultureInfo.InvariantCulture))), null),
    };

    /// <summary>When a day begins; null if the text isn't a day.</summary>
    public static DateTimeOffset? StartOf(string day, TimeZoneInfo zone) => Day(day) is { } date ? zone.StartOf(date) : null;

    /// <summary>Adds the choice to a page's query values: "days", or "from" and "to" as days.</summary>
    public void Write(IDictionary<string, string?> values)
    {
        values["days"] = Offered.Contains(Time, StringComparer.Ordinal) ? Time : null;
        values["from"] = Day(FirstDay) is null ? null : FirstDay;
        values["to"] = Day(LastDay) is null ? null : LastDay;
    }

    /// <summary>Restores the choice from a page's address and ignores invalid values.</summary>
    public void Restore(IQueryCollection values)
    {
        if (QueryReader.One(values, "days") is var days && Offered.Contains(days, StringComparer.Ordinal))
            Choose(days);
        else
            Choose(Known(QueryReader.One(values, "from")), Known(QueryReader.One(values, "to")));

        static string Known(string text) => Day(text) is null ? "" : text;
    }

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year is >= 1970 and < 2200 ? day : null;
}
