using System.Globalization;
using System.Text;
using Accounts.Core.Geolocation;
using Accounts.Core.Sessions;

namespace Accounts.Web.Sessions;

/// <summary>The history as a file for spreadsheets: comma-separated values after RFC 4180, in UTF-8 with a byte order mark, times in UTC after ISO 8601.</summary>
internal static class HistoryFile
{
    private static readonly string[] Columns =
    [
        "Id", "Name", "Device", "Type", "Model", "Sign-in address", "Sign-in place", "Latest address", "Latest place", "Country", "Signed in with", "Signed in at", "Last activity", "Pages visited",
        "Status", "Ended at", "Ended by session", "Ended from", "Left at", "Connections closed at",
    ];

    public static byte[] Write(IEnumerable<HistoryEntry> entries)
    {
        var text = new StringBuilder();
        Line(text, Columns);
        foreach (var entry in entries)
            Line(text, Cells(entry));
        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];
    }

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
            Time(session.StartedAt),
            Time(session.LastActivityAt),
            session.PagesVisited.ToString(CultureInfo.InvariantCulture),
            ending is null ? SessionText.Active : SessionText.Reason(ending.Reason),
            Time(ending?.At),
            ending?.BySession?.ToString(),
            entry.EndedBy?.Title,
            Time((ending?.Departure as Departure.Confirmed)?.At),
            Time((ending?.Departure as Departure.NotConfirmed)?.ClosedAt),
        ];
    }

    private static void Line(StringBuilder text, IEnumerable<string?> cells) => text.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    /// <summary>A cell as text, whatever is in it: what a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection).</summary>
    private static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        if (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n')
            value = "'" + value;
        return value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
