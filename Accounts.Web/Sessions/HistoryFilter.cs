using System.Globalization;
using Accounts.Core.Sessions;

namespace Accounts.Web.Sessions;

/// <summary>What somebody has set above the table of the history, as the fields hold it.</summary>
public sealed class HistoryFilter
{
    public const string Active = "active";
    public const string Ended = "ended";

    public const string Everything = "";

    /// <summary>From one day to another.</summary>
    public const string Chosen = "dates";

    public string Device { get; set; } = "";

    public string Place { get; set; } = "";

    /// <summary>"" or the code of a country.</summary>
    public string Country { get; set; } = "";

    /// <summary>"", "active", "ended" or the name of a reason.</summary>
    public string Status { get; set; } = "";

    /// <summary>"", a number of days up to now, or "dates".</summary>
    public string Time { get; set; } = Everything;

    /// <summary>The first and the last day, "2026-03-01", if the time is "dates".</summary>
    public string FirstDay { get; set; } = "";

    public string LastDay { get; set; } = "";

    public HistorySort Sort { get; set; } = HistorySort.SignedIn;

    public bool Descending { get; set; } = true;

    /// <summary>Whether the first day is after the last.</summary>
    public bool IsBackwards => string.Equals(Time, Chosen, StringComparison.Ordinal) && Day(FirstDay) > Day(LastDay);

    /// <summary>Sorts by another column, or by the same one the other way round. Times begin with the latest and lengths with the longest.</summary>
    public void SortBy(HistorySort sort)
    {
        Descending = sort == Sort ? !Descending : sort is HistorySort.SignedIn or HistorySort.Duration;
        Sort = sort;
    }

    /// <summary>Shows everything again, in the same order.</summary>
    public void Clear() => (Device, Place, Country, Status, Time, FirstDay, LastDay) = ("", "", "", "", Everything, "", "");

    /// <summary>The question to the core. Days begin where the viewer is.</summary>
    public HistoryQuery ToQuery(int page, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (from, to) = Time switch
        {
            Chosen => (Day(FirstDay) is { } first ? zone.StartOf(first) : (DateTimeOffset?)null, Day(LastDay) is { } last ? zone.StartOf(last.AddDays(1)) : (DateTimeOffset?)null),
            _ when int.TryParse(Time, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= 366 => (zone.StartOf(zone.DayOf(now).AddDays(-days)), null),
            _ => (null, null),
        };
        return new HistoryQuery
        {
            Device = Device.Trim(),
            Place = Place.Trim(),
            Country = Country,
            Live = Status switch
            {
                Active => true,
                Ended => false,
                _ => null,
            },
            Reason = Enum.TryParse<EndReason>(Status, out var reason) && Enum.IsDefined(reason) ? reason : null,
            From = from,
            To = to,
            Sort = Sort,
            Descending = Descending,
            Page = page,
        };
    }

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1970 and < 2200 ? day : null;
}
