using Accounts.Core.Audit;
using Accounts.Core.AuditReading;
using Accounts.Core.Users;
using Accounts.Web.History;
using Accounts.Web.Tables;
using Microsoft.AspNetCore.WebUtilities;

namespace Accounts.Web.Audit;

/// <summary>Converts between a query on the audit log and the query string of an address.</summary>
/// <remarks>Handles the addresses of the exports and of the page, like <see cref="HistoryAddress"/>.</remarks>
internal static class AuditAddress
{
    /// <summary>Builds the address of an export of all events that match a query.</summary>
    /// <param name="path">The export's path.</param>
    /// <param name="query">The query.</param>
    public static string OfFile(string path, AuditQuery query)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (query.Text.Length > 0)
            values["text"] = query.Text;
        if (query.Action.Length > 0)
            values["action"] = query.Action;
        if (query.From is { } from)
            values["from"] = QueryReader.Write(from);
        if (query.To is { } to)
            values["to"] = QueryReader.Write(to);
        return QueryHelpers.AddQueryString(path[1..], values);
    }

    /// <summary>Reads a query string. The problems name each key with an invalid value.</summary>
    public static (AuditQuery Query, IDictionary<string, string[]> Problems) Read(IQueryCollection values)
    {
        var reader = new QueryReader(values, "text", "action", "from", "to");
        var query = new AuditQuery
        {
            Text = reader.Text("text", AuditQuery.TextLimit),
            Action = values["action"].ToString(),
            From = reader.Time("from"),
            To = reader.Time("to"),
        };
        if (query.Action.Length > 0 && !AuditAction.All.Contains(query.Action, StringComparer.Ordinal))
            reader.RefuseUnless("action", AuditAction.All);
        if (query.From >= query.To)
            reader.Refuse("to", Texts.FormatQuery_NotAfter("to", "from"));
        return (query, reader.Problems);
    }

    /// <summary>Turns a filter into the page's query values. A null value removes the key.</summary>
    public static Dictionary<string, string?> OfPage(AuditFilter filter)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["text"] = filter.Text.Trim() is { Length: > 0 } text ? text : null,
            ["action"] = filter.Action.Length > 0 ? filter.Action : null,
        };
        filter.When.Write(values);
        return values;
    }

    /// <summary>Restores a filter from the page's address. Invalid values fall back to the default.</summary>
    public static void Restore(AuditFilter filter, IQueryCollection values)
    {
        filter.Text = QueryReader.One(values, "text") is var text && TypedText.Fits(text, AuditQuery.TextLimit) ? text : "";
        filter.Action = QueryReader.One(values, "action") is var action && AuditAction.All.Contains(action, StringComparer.Ordinal) ? action : "";
        filter.When.Restore(values);
    }
}
