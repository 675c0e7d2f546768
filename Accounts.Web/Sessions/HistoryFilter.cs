using Accounts.Core.Sessions;

namespace Accounts.Web.Sessions;

/// <summary>What is asked for above the table of the history, as the fields hold it.</summary>
public sealed class HistoryFilter
{
    public const string Active = "active";
    public const string Ended = "ended";

    /// <summary>What is looked for anywhere.</summary>
    public string Text { get; set; } = "";

    /// <summary>What is looked for in the device and in the place alone. No field asks for them, an address may.</summary>
    public string Device { get; set; } = "";

    public string Place { get; set; } = "";

    /// <summary>"" or the code of a country.</summary>
    public string Country { get; set; } = "";

    /// <summary>"", "active", "ended" or the name of a reason: "signedOut".</summary>
    public string Status { get; set; } = "";

    /// <summary>The reason that <see cref="Status"/> names; null if it names none.</summary>
    public EndReason? Reason => HistoryAddress.Named<EndReason>(Status);

    public TimeChoice When { get; } = new();

    public HistorySort Sort { get; set; } = HistorySort.SignedIn;

    public bool Descending { get; set; } = true;

    /// <summary>Sorts by another column, or by the same one the other way round. Times begin with the latest and lengths with the longest.</summary>
    public void SortBy(HistorySort sort)
    {
        Descending = sort == Sort ? !Descending : BeginsDescending(sort);
        Sort = sort;
    }

    /// <summary>Whether a column is sorted downwards at first.</summary>
    public static bool BeginsDescending(HistorySort sort) => sort is HistorySort.SignedIn or HistorySort.Duration;

    /// <summary>Shows everything again, in the same order.</summary>
    public void Clear()
    {
        (Text, Device, Place, Country, Status) = ("", "", "", "", "");
        When.Clear();
    }

    /// <summary>The question to the core. Days begin where the viewer is.</summary>
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
