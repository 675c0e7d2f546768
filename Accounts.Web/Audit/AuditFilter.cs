using Accounts.Core.Sessions;
using Accounts.Web.Sessions;

namespace Accounts.Web.Audit;

/// <summary>What is asked for above the table of the audit log, as the fields hold it.</summary>
public sealed class AuditFilter
{
    public string Text { get; set; } = "";

    /// <summary>"" or one of the actions.</summary>
    public string Action { get; set; } = "";

    public TimeChoice When { get; } = new();

    /// <summary>Shows everything again.</summary>
    public void Clear()
    {
        (Text, Action) = ("", "");
        When.Clear();
    }

    /// <summary>The question to the core. Days begin where the viewer is.</summary>
    public AuditQuery ToQuery(int page, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (from, to) = When.Between(now, zone);
        return new AuditQuery { Text = Text.Trim(), Action = Action, From = from, To = to, Page = page };
    }
}
