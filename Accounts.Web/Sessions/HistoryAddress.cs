using Accounts.Core.Sessions;
using Microsoft.AspNetCore.WebUtilities;

namespace Accounts.Web.Sessions;

/// <summary>A question to the history as the query of an address, and back.</summary>
internal static class HistoryAddress
{
    private static readonly string[] Keys = ["device", "place", "country", "status", "from", "to", "order"];

    /// <summary>The address of the file with all rows that a query finds.</summary>
    public static string OfFile(HistoryQuery query)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
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
        // The file is in the order of the sign-ins, whatever the table is sorted by: a spreadsheet sorts it as it likes.
        if (query is { Sort: HistorySort.SignedIn, Descending: false })
            values["order"] = "asc";
        return QueryHelpers.AddQueryString(SessionEndpoints.HistoryFilePath[1..], values);
    }

    /// <summary>What the query of an address asks for; the problems name each key that cannot be read.</summary>
    public static (HistoryQuery Query, IDictionary<string, string[]> Problems) Read(IQueryCollection values)
    {
        var reader = new QueryReader(values, Keys);
        var query = new HistoryQuery { Device = Text("device"), Place = Text("place"), Country = Country(), From = reader.Time("from"), To = reader.Time("to") };
        query = values["status"].ToString() switch
        {
            "" => query,
            var live when Is(live, HistoryFilter.Active) => query with { Live = true },
            var over when Is(over, HistoryFilter.Ended) => query with { Live = false },
            var name when Named<EndReason>(name) is { } reason => query with { Reason = reason },
            _ => Refused("status", $"must be active, ended, {Names<EndReason>()}."),
        };
        query = values["order"].ToString() switch
        {
            "" => query,
            var order when Is(order, "asc") => query with { Descending = false },
            var order when Is(order, "desc") => query with { Descending = true },
            _ => Refused("order", "must be asc or desc."),
        };
        if (query.From >= query.To)
            reader.Refuse("to", "must be after from.");
        return (query, reader.Problems);

        string Text(string key) => reader.Text(key, HistoryQuery.TextLimit);

        string Country()
        {
            var code = Text("country");
            if (code.Length != 0 && (code.Length != 2 || !code.All(char.IsAsciiLetter)))
                reader.Refuse("country", "must be a code of two letters, like DE.");
            return code;
        }

        HistoryQuery Refused(string key, string why)
        {
            reader.Refuse(key, why);
            return query;
        }
    }

    private static bool Is(string text, string name) => string.Equals(text, name, StringComparison.OrdinalIgnoreCase);

    // Names alone: the numbers behind them are nobody's business.
    private static T? Named<T>(string text) where T : struct, Enum =>
        Array.Find(Enum.GetNames<T>(), name => Is(name, text)) is { } found ? Enum.Parse<T>(found) : null;

    private static string Names<T>() where T : struct, Enum => string.Join(" or ", Enum.GetNames<T>().Select(Camel)).Replace(" or ", ", ", StringComparison.Ordinal);

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
