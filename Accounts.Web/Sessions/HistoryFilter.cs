using Accounts.Core.Sessions;

namespace Accounts.Web.Sessions;

/// <summary>What somebody has set above the table of the history, as the fields hold it.</summary>
public sealed class HistoryFilter
{
    public const string Active = "active";
    public const string Ended = "ended";

    public string Device { get; set; } = "";

    public string Place { get; set; } = "";

    /// <summary>"" or the code of a country.</summary>
    public string Country { get; set; } = "";

    /// <summary>"", "active", "ended" or the name of a reason.</summary>
    public string Status { get; set; } = "";

    public TimeChoice When { get; } = new();

    public HistorySort Sort { get; set; } = HistorySort.SignedIn;

    public bool Descending { get; set; } = true;

    /// <summary>Sorts by another column, or by the same one the other way round. Times begin with the latest and lengths with the longest.</summary>
    public void SortBy(HistorySort sort)
    {
        Descending = sort == Sort ? !Descending : sort is HistorySort.SignedIn or HistorySort.Duration;
        Sort = sort;
    }

    /// <summary>Shows everything again, in the same order.</summary>
    public void Clear()
    {
        (Device, Place, Country, Status) = ("", "", "", "");
        When.Clear();
    }

    /// <summary>The question to the core. Days begin where the viewer is.</summary>
    public HistoryQuery ToQuery(int page, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (from, to) = When.Between(now, zone);
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
}
