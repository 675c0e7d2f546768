using Accounts.Core.History;
using Accounts.Core.Sessions;
using Accounts.Web.Tables;

namespace Accounts.Web.History;

/// <summary>The filter above the history's table, as its fields hold it.</summary>
public sealed class HistoryFilter
{
    public const string Active = "active";
    public const string Ended = "ended";

    /// <summary>The text to find in any column.</summary>
    public string Text { get; set; } = "";

    /// <summary>The text to find in the device only; <see cref="Place"/> searches the place. Only an address can set them.</summary>
    public string Device { get; set; } = "";

    public string Place { get; set; } = "";

    /// <summary>"" or the code of a country.</summary>
    public string Country { get; set; } = "";

    /// <summary>"", "active", "ended" or the name of a reason: "signedOut".</summary>
    public string Status { get; set; } = "";

    /// <summary>The reason in <see cref="Status"/>; null if it isn't a reason.</summary>
    public EndReason? Reason => HistoryAddress.Named<EndReason>(Status);

    public TimeChoice When { get; } = new();

    public HistorySort Sort { get; set; } = HistorySort.SignedIn;

    public bool Descending { get; set; } = true;

    /// <summary>Sorts by another column, or reverses the current one. Times start with the latest and durations with the longest.</summary>
    public void SortBy(HistorySort sort)
    {
        Descending = sort == Sort ? !Descending : BeginsDescending(sort);
        Sort = sort;
    }

    /// <summary>Whether a column first sorts in descending order.</summary>
    public static bool BeginsDescending(HistorySort sort) => sort is HistorySort.SignedIn or HistorySort.Duration;

    /// <summary>Removes every filter and keeps the order.</summary>
    public void Clear()
    {
        (Text, Device, Place, Country, Status) = ("", "", "", "", "");
        When.Clear();
    }

    /// <summary>Builds the query for the core. Days begin at midnight in the viewer's time zone.</summary>
    public HistoryQuery ToQuery(int page, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (from, to) = When.Between(now, zone);
        return new HistoryQuery
        {
            Text = Text.Trim(),
            Device = Device.Trim(),
            Place = Place.Trim(),
            Country = Country,
            Live = Status switch
            {
                Active => true,
                Ended => false,
                _ => null,
            },
            Reason = Reason,
            From = from,
            To = to,
            Sort = Sort,
            Descending = Descending,
            Page = page,
        };
    }
}
