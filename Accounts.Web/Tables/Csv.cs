using System.Buffers;
using System.Globalization;
using System.Text;
using Accounts.Core.Users;

namespace Accounts.Web.Tables;

/// <summary>Writes CSV files for spreadsheets: RFC 4180, UTF-8 with a byte order mark, and ISO 8601 times in UTC.</summary>
internal static class Csv
{
    public const string ContentType = "text/csv; charset=utf-8";

    // Some spreadsheets read the full-width forms like the others.
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\uFF1D\uFF0B\uFF0D\uFF20");
    private static readonly SearchValues<char> Separators = SearchValues.Create(";|\t\r\n\"");
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",;|\t\r\n\"");

    /// <summary>The file's beginning: the byte order mark and the column names.</summary>
    public static string Head(IEnumerable<string> columns)
    {
        var text = new StringBuilder("\uFEFF");
        Line(text, columns);
        return text.ToString();
    }

    public static void Line(StringBuilder text, IEnumerable<string?> cells) => text.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    public static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes a cell as text. What a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV injection).</summary>
    /// <remarks>
    /// In many countries, spreadsheets separate by semicolons, and some by tabs. They then split a cell in the middle, because they know quotation
    /// marks only at a cell's beginning. So a formula may begin after each of them.
    /// </remarks>
    private static string Cell(string? value)
    {
        // A name from an older version can have characters that change the direction of the whole cell.
        if (value is not null && !Ascii.IsValid(value))
            value = TypedText.Clean(value);
        if (string.IsNullOrEmpty(value))
            return "";
        var text = new StringBuilder(value.Length);
        for (var at = 0; at < value.Length; at++)
        {
            var begins = at == 0 || Separators.Contains(value[at - 1]);
            if ((begins && Formula.Contains(value[at])) || (at == 0 && char.IsControl(value[0])))
                text.Append('\'');
            text.Append(value[at]);
        }

        if (value.AsSpan().ContainsAny(Quoted))
            text.Replace("\"", "\"\"").Insert(0, '"').Append('"');
        return text.ToString();
    }
}
