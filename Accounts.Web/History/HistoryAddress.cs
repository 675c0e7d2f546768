using Accounts.Core.History;
using Accounts.Core.Sessions;
using Accounts.Core.Users;
using Accounts.Web.Tables;
using Microsoft.AspNetCore.WebUtilities;

namespace Accounts.Web.History;

/// <summary>Converts between a query on the history and the query string of an address. It serves the file and the page.</summary>
/// <remarks>
/// The file's address has exact times and rejects invalid values. The page's address has the viewer's days or a number of days, and also order and
/// page. It ignores invalid values, because people edit addresses and keep old links.
/// </remarks>
internal static class HistoryAddress
{
    private const int NamesLimit = 2_100;
    private const int MostNames = 20;
    private const string ShownKey = "history";

    private static readonly string[] Keys = ["text", "names", "device", "place", "country", "status", "from", "to", "order"];
    private static readonly string[] PageKeys =
        ["text", "device", "place", "country", "status", "days", "from", "to", "sort", "order", "page", ShownKey];

    /// <summary>The address of the page with the history, for browsers without a circuit. The anchor doesn't reach the server.</summary>
    public static string Shown => Asking("settings/sessions");

    /// <summary>Adds to a page's address that it shows the history.</summary>
    public static string Asking(string address) => QueryHelpers.AddQueryString(address, ShownKey, "shown") + "#history";

    /// <summary>Builds the address of the file with all rows that match a query.</summary>
    public static string OfFile(HistoryQuery query)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (query.Text.Length > 0)
            values["text"] = query.Text;
        if (query.Text.Length > 0 && Called(query) is { Length: > 0 } names)
            values["names"] = names;
        if (query.Device.Length > 0)
            values["device"] = query.Device;
        if (query.Place.Length > 0)
            values["place"] = query.Place;
        if (query.Country.Length > 0)
            values["country"] = query.Country;
        if (query.Reason is { } reason)
            values["status"] = Camel(reason.ToString());
        else if (query.Live is { } live)
            values["status"] = live ? HistoryFilter.Active : HistoryFilter.Ended;
        if (query.From is { } from)
            values["from"] = QueryReader.Write(from);
        if (query.To is { } to)
            values["to"] = QueryReader.Write(to);
        // The file is always in sign-in order. A spreadsheet can sort it differently.
        if (query is { Sort: HistorySort.SignedIn, Descending: false })
            values["order"] = "asc";
        return QueryHelpers.AddQueryString(HistoryEndpoint.FilePath[1..], values);
    }

    /// <summary>Reads a query string. The problems name each key with an invalid value.</summary>
    public static (HistoryQuery Query, IDictionary<string, string[]> Problems) Read(IQueryCollection values)
    {
        var reader = new QueryReader(values, Keys);
        var query = new HistoryQuery
        {
            Text = Text("text"),
            CountryNames = CountryNames(),
            Device = Text("device"),
            Place = Text("place"),
            Country = Country(),
            From = reader.Time("from"),
            To = reader.Time("to"),
        };
        query = values["status"].ToString() switch
        {
            "" => query,
            var live when Is(live, HistoryFilter.Active) => query with { Live = true },
            var over when Is(over, HistoryFilter.Ended) => query with { Live = false },
            var name when Named<EndReason>(name) is { } reason => query with { Reason = reason },
            _ => Refused("status", [HistoryFilter.Active, HistoryFilter.Ended, .. Enum.GetNames<EndReason>().Select(Camel)]),
        };
        query = values["order"].ToString() switch
        {
            "" => query,
            var order when Is(order, "asc") => query with { Descending = false },
            var order when Is(order, "desc") => query with { Descending = true },
            _ => Refused("order", "asc", "desc"),
        };
        if (query.From >= query.To)
            reader.Refuse("to", Texts.FormatQuery_NotAfter("to", "from"));
        return (query, reader.Problems);

        string Text(string key) => reader.Text(key, HistoryQuery.TextLimit);

        string Country()
        {
            var code = Text("country");
            if (code.Length != 0 && !IsCountry(code))
                reader.Refuse("country", Texts.FormatQuery_NotACountry("country"));
            return code;
        }

        Dictionary<string, string> CountryNames()
        {
            var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var name in reader.Text("names", NamesLimit).Split('|', StringSplitOptions.RemoveEmptyEntries))
            {
                if (name.Split(':', 2) is not [var code, { Length: > 0 } called] || !IsCountry(code) || !names.TryAdd(code, called))
                    reader.Refuse("names", Texts.FormatQuery_NotCountryNames("names"));
            }

            return names;
        }

        HistoryQuery Refused(string key, params IEnumerable<string> values)
        {
            reader.RefuseUnless(key, values);
            return query;
        }
    }

    /// <summary>Whether a page's address asks for any part of the history.</summary>
    public static bool IsAskedFor(IQueryCollection values) => PageKeys.Any(key => values.ContainsKey(key));

    /// <summary>Turns a filter into the page's query values. A null value removes the key.</summary>
    public static Dictionary<string, string?> OfPage(HistoryFilter filter)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["text"] = Some(filter.Text),
            ["device"] = Some(filter.Device),
            ["place"] = Some(filter.Place),
            ["country"] = Some(filter.Country),
            ["status"] = Some(filter.Status),
            ["sort"] = filter.Sort == HistorySort.SignedIn ? null : Camel(filter.Sort.ToString()),
            ["order"] = filter.Descending == HistoryFilter.BeginsDescending(filter.Sort) ? null : filter.Descending ? "desc" : "asc",
        };
        filter.When.Write(values);
        return values;

        static string? Some(string text) => text.Trim() is { Length: > 0 } some ? some : null;
    }

    /// <summary>Restores a filter from the page's address. Invalid values fall back to the default.</summary>
    public static void Restore(HistoryFilter filter, IQueryCollection values)
    {
        filter.Text = Text("text");
        filter.Device = Text("device");
        filter.Place = Text("place");
        filter.Country = QueryReader.One(values, "country") is var code && IsCountry(code) ? code.ToUpperInvariant() : "";
        filter.Status = QueryReader.One(values, "status") switch
        {
            var live when Is(live, HistoryFilter.Active) => HistoryFilter.Active,
            var over when Is(over, HistoryFilter.Ended) => HistoryFilter.Ended,
            var name => Named<EndReason>(name) is { } reason ? Camel(reason.ToString()) : "",
        };
        filter.When.Restore(values);
        filter.Sort = Named<HistorySort>(QueryReader.One(values, "sort")) ?? HistorySort.SignedIn;
        filter.Descending = QueryReader.One(values, "order") switch
        {
            var order when Is(order, "asc") => false,
            var order when Is(order, "desc") => true,
            _ => HistoryFilter.BeginsDescending(filter.Sort),
        };

        string Text(string key) => QueryReader.One(values, key) is var text && TypedText.Fits(text, HistoryQuery.TextLimit) ? text : "";
    }

    /// <summary>Finds an enum value by name, ignoring case; null if there is none. Addresses never accept its number.</summary>
    public static T? Named<T>(string text) where T : struct, Enum =>
        Array.Find(Enum.GetNames<T>(), name => Is(name, text)) is { } found ? Enum.Parse<T>(found) : null;

    /// <summary>A name in the form that addresses use: "signedOut".</summary>
    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static bool IsCountry(string code) => code.Length == 2 && code.All(char.IsAsciiLetter);

    // The export can't ask a browser, so its address carries the country names that contain a search word.
    private static string Called(HistoryQuery query)
    {
        var words = query.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('|', query.CountryNames
            .Where(country => words.Any(word => country.Value.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .Take(MostNames)
            .Select(country => $"{country.Key}:{country.Value.Replace('|', ' ')}"));
    }

    private static bool Is(string text, string name) => string.Equals(text, name, StringComparison.OrdinalIgnoreCase);
}
