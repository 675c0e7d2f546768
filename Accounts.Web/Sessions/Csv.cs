using System.Globalization;
using System.Text;

namespace Accounts.Web.Sessions;

/// <summary>A file for spreadsheets: comma-separated values after RFC 4180, in UTF-8 with a byte order mark, times in UTC after ISO 8601.</summary>
internal static class Csv
{
    public const string ContentType = "text/csv; charset=utf-8";

    /// <summary>What such a file begins with: the byte order mark and the names of its columns.</summary>
    public static string Head(IEnumerable<string> columns)
    {
        var text = new StringBuilder("\uFEFF");
        Line(text, columns);
        return text.ToString();
    }

    public static void Line(StringBuilder text, IEnumerable<string?> cells) => text.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    public static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A cell as text, whatever is in it: what a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection).</summary>
    private static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        if (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n')
            value = "'" + value;
        return value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
