using System.Globalization;
using System.Text;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;

namespace Accounts.Web.Sessions;

/// <summary>The history as a file for spreadsheets.</summary>
internal static class HistoryFile
{
    private static readonly string[] Columns =
    [
        "Id", "Name", "Device", "Type", "Model", "Sign-in address", "Sign-in place", "Latest address", "Latest place", "Country", "Signed in with", "Signed in at", "Last activity", "Pages visited",
        "Status", "Ended at", "Ended by session", "Ended from", "Left at", "Connections closed at",
    ];

    public static string Head => Csv.Head(Columns);

    public static void Write(StringBuilder text, HistoryEntry entry) => Csv.Line(text, Cells(entry));

    private static IEnumerable<string?> Cells(HistoryEntry entry)
    {
        var (session, ending) = (entry.Session, entry.Session.Ending);
        return
        [
            session.Id.ToString(),
            session.Name,
            session.Device.Title,
            SessionText.Type(session.Device.Type),
            session.Device.Model,
            ShortAddress.Show(session.SignInAddress),
            session.SignInPlace.Name,
            ShortAddress.Show(session.Address),
            session.Place.Name,
            session.Place.CountryCode,
            SessionText.Method(session.Method),
            Csv.Time(session.StartedAt),
            Csv.Time(session.LastActivityAt),
            session.PagesVisited.ToString(CultureInfo.InvariantCulture),
            ending is null ? SessionText.Active : SessionText.Reason(ending.Reason),
            Csv.Time(ending?.At),
            ending?.BySession?.ToString(),
            entry.EndedBy?.Title,
            Csv.Time((ending?.Departure as Departure.Confirmed)?.At),
            Csv.Time((ending?.Departure as Departure.NotConfirmed)?.ClosedAt),
        ];
    }
}
