using Accounts.Core.AuditReading;
using Accounts.Web.Tables;

namespace Accounts.Web.Audit;

/// <summary>The filter above the audit log's table, as its fields hold it.</summary>
public sealed class AuditFilter
{
    public string Text { get; set; } = "";

    /// <summary>"" or one of the actions.</summary>
    public string Action { get; set; } = "";

    public TimeChoice When { get; } = new();

    /// <summary>Removes every filter.</summary>
    public void Clear()
    {
        (Text, Action) = ("", "");
        When.Clear();
    }

    /// <summary>Builds the query for the core. Days begin at midnight in the viewer's time zone.</summary>
    public AuditQuery ToQuery(int page, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (from, to) = When.Between(now, zone);
        return new AuditQuery { Text = Text.Trim(), Action = Action, From = from, To = to, Page = page };
    }
}
