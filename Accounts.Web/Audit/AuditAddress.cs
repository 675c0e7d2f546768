using Accounts.Core.Audit;
using Accounts.Core.Sessions;
using Accounts.Web.Sessions;
using Microsoft.AspNetCore.WebUtilities;

namespace Accounts.Web.Audit;

/// <summary>A question to the audit log as the query of an address, and back.</summary>
/// <remarks>Of the files, and of the page, as <see cref="HistoryAddress"/> has them.</remarks>
internal static class AuditAddress
{
    /// <summary>The address of a file with all events that a query finds.</summary>
    /// <param name="path">The path of the file.</param>
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

    /// <summary>What the query of an address asks for; the problems name each key that cannot be read.</summary>
    public static (AuditQuery Query, IDictionary<string, string[]> Problems) Read(IQueryCollection values)
    {
        var reader = new QueryReader(values, "text", "action", "from", "to");
        var query = new AuditQuery { Text = reader.Text("text", AuditQuery.TextLimit), Action = values["action"].ToString(), From = reader.Time("from"), To = reader.Time("to") };
        if (query.Action.Length > 0 && !AuditAction.All.Contains(query.Action, StringComparer.Ordinal))
            reader.RefuseUnless("action", AuditAction.All);
        if (query.From >= query.To)
            reader.Refuse("to", Texts.FormatQuery_NotAfter("to", "from"));
        return (query, reader.Problems);
    }

    /// <summary>What the address of the page has of a filter; null: not in it.</summary>
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

    /// <summary>Takes a filter from the address of the page. What cannot be read stays as it is at first.</summary>
    public static void Restore(AuditFilter filter, IQueryCollection values)
    {
        filter.Text = QueryReader.One(values, "text") is { Length: <= AuditQuery.TextLimit } text ? text : "";
        filter.Action = QueryReader.One(values, "action") is var action && AuditAction.All.Contains(action, StringComparer.Ordinal) ? action : "";
        filter.When.Restore(values);
    }
}
