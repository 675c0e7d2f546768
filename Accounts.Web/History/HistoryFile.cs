using System.Globalization;
using System.Text;
using Accounts.Core.Geolocation;
using Accounts.Core.History;
using Accounts.Core.Sessions;
using Accounts.Web.Geolocation;
using Accounts.Web.Sessions;
using Accounts.Web.Tables;

namespace Accounts.Web.History;

/// <summary>Writes the history as CSV for spreadsheets.</summary>
internal static class HistoryFile
{
    private static string[] Columns =>
    [
        Texts.File_Id, Texts.File_Name, Texts.File_Device, Texts.File_Type, Texts.File_Model, Texts.File_SignInAddress, Texts.File_SignInPlace,
        Texts.File_LatestAddress, Texts.File_LatestPlace, Texts.File_Country, Texts.File_SignedInWith, Texts.File_SignedInAt,
        Texts.File_LastActivity, Texts.File_PagesVisited, Texts.File_Status, Texts.File_EndedAt, Texts.File_EndedBySession, Texts.File_EndedFrom,
        Texts.File_LeftAt, Texts.File_ConnectionsClosedAt,
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
            SessionText.Browser(session),
            session.View is { } view ? SessionText.Viewer(view) : SessionText.Type(session.Device.Type),
            session.Device.Model,
            ShortAddress.Show(session.SignInAddress),
            Where.Name(session.SignInPlace),
            ShortAddress.Show(session.Address),
            Where.Name(session.Place),
            session.Place.CountryCode,
            SessionText.Methods(session.Methods),
            Csv.Time(session.StartedAt),
            Csv.Time(session.LastActivityAt),
            session.PagesVisited.ToString(CultureInfo.InvariantCulture),
            ending is null ? Texts.Sessions_Active : SessionText.Reason(session, ending),
            Csv.Time(ending?.At),
            ending?.BySession?.ToString(),
            entry.EndedBy is { } by ? by.Name ?? SessionText.Browser(by.Device) : null,
            Csv.Time((ending?.Departure as Departure.Confirmed)?.At),
            Csv.Time((ending?.Departure as Departure.NotConfirmed)?.ClosedAt),
        ];
    }
}
