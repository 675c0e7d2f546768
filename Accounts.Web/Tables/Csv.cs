using System.Globalization;
using System.Text;
using Accounts.Core.Users;

namespace Accounts.Web.Tables;

/// <summary>Writes CSV files for spreadsheets: RFC 4180, UTF-8 with a byte order mark, and ISO 8601 times in UTC.</summary>
internal static class Csv
{
    public const string ContentType = "text/csv; charset=utf-8";

    /// <summary>The file's beginning: the byte order mark and the column names.</summary>
    public static string Head(IEnumerable<string> columns)
    {
        var text = new StringBuilder("\uFEFF");
        Line(text, columns);
        return text.ToString();
    }

    public static void Line(StringBuilder text, IEnumerable<string?> cells) => text.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    public static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes a cell as text. A value that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, CSV injection).</summary>
    private static string Cell(string? value)
    {
        // A name from an older version can have characters that change the direction of the whole cell.
        if (value is not null && !Ascii.IsValid(value))
            value = TypedText.Clean(value);
        if (string.IsNullOrEmpty(value))
            return "";
        if (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n')
            value = "'" + value;
        return value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
