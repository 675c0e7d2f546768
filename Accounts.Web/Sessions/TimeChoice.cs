using System.Globalization;

namespace Accounts.Web.Sessions;

/// <summary>What somebody has set above a table as the time that they ask for, as the fields hold it.</summary>
public sealed class TimeChoice
{
    public const string Everything = "";

    /// <summary>From one day to another.</summary>
    public const string Chosen = "dates";

    /// <summary>"", a number of days up to now, or "dates".</summary>
    public string Time { get; set; } = Everything;

    /// <summary>The first and the last day, "2026-03-01", if the time is "dates".</summary>
    public string FirstDay { get; set; } = "";

    public string LastDay { get; set; } = "";

    /// <summary>Whether the days are chosen one by one.</summary>
    public bool IsChosen => string.Equals(Time, Chosen, StringComparison.Ordinal);

    /// <summary>Whether the first day is after the last.</summary>
    public bool IsBackwards => IsChosen && Day(FirstDay) > Day(LastDay);

    public void Clear() => (Time, FirstDay, LastDay) = (Everything, "", "");

    /// <summary>The moments that it lies between; null: no such bound. Days begin where the viewer is.</summary>
    public (DateTimeOffset? From, DateTimeOffset? To) Between(DateTimeOffset now, TimeZoneInfo zone) => Time switch
    {
        Chosen => (Day(FirstDay) is { } first ? zone.StartOf(first) : null, Day(LastDay) is { } last ? zone.StartOf(last.AddDays(1)) : null),
        _ when int.TryParse(Time, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= 366 => (zone.StartOf(zone.DayOf(now).AddDays(-days)), null),
        _ => (null, null),
    };

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1970 and < 2200 ? day : null;
}
