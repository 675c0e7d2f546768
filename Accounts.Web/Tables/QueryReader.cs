using System.Globalization;
using Accounts.Core.Users;

namespace Accounts.Web.Tables;

/// <summary>Reads the query of an export's address. It collects problems by key.</summary>
internal sealed class QueryReader
{
    private readonly IQueryCollection _values;
    private readonly Dictionary<string, string[]> _problems = new(StringComparer.Ordinal);

    /// <param name="values">The query.</param>
    /// <param name="keys">The allowed keys. Each may appear once.</param>
    public QueryReader(IQueryCollection values, params string[] keys)
    {
        _values = values;
        foreach (var (key, value) in values)
        {
            if (!keys.Contains(key, StringComparer.OrdinalIgnoreCase))
                Refuse(key, Texts.FormatQuery_UnknownKey(key, Sentence.Enumerate(keys)));
            else if (value.Count != 1)
                Refuse(key, Texts.FormatQuery_Once(key));
        }
    }

    public IDictionary<string, string[]> Problems => _problems;

    public string Text(string key, int limit)
    {
        var text = _values[key].ToString().Trim();
        if (!TypedText.Fits(text, limit))
            Refuse(key, Plural.Of(nameof(Texts.Query_TooLong_other), limit));
        return text;
    }

    public DateTimeOffset? Time(string key)
    {
        if (_values[key].ToString() is not { Length: > 0 } text)
            return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time.ToUniversalTime();
        Refuse(key, Texts.FormatQuery_NotATime(key));
        return null;
    }

    /// <param name="key">The key.</param>
    /// <param name="values">The allowed values.</param>
    public void RefuseUnless(string key, params IEnumerable<string> values) =>
        Refuse(key, Texts.FormatQuery_NotOneOf(key, Sentence.Enumerate(values)));

    public void Refuse(string key, string problem) => _problems.TryAdd(key, [problem]);

    /// <summary>The trimmed text of a key that appears exactly once; otherwise "".</summary>
    /// <remarks>For pages, which ignore invalid values.</remarks>
    public static string One(IQueryCollection values, string key) => values[key] is { Count: 1 } value ? value.ToString().Trim() : "";

    /// <summary>The number of a key that appears exactly once; null for anything else. For pages, too.</summary>
    public static int? Number(IQueryCollection values, string key) =>
        int.TryParse(One(values, key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Formats a time for an export's address.</summary>
    public static string? Write(DateTimeOffset? time) => Csv.Time(time);
}
