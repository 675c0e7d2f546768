using Accounts.Core.Sessions;

namespace Accounts.Core.History;

/// <summary>A session with more details than its card shows.</summary>
/// <param name="Session">The session.</param>
/// <param name="ExpiresAt">When it ends without further activity.</param>
/// <param name="LastsUntil">When it ends at the latest, whatever the activity.</param>
/// <param name="Remembered">Whether the user chose "Keep me signed in".</param>
/// <param name="Before">Earlier sessions of the same browser, the latest first, at most 5.</param>
public sealed record SessionDetails(Session Session, DateTimeOffset ExpiresAt, DateTimeOffset LastsUntil, bool Remembered,
    IReadOnlyList<HistoryEntry> Before)
{
    /// <summary>Maximum number of earlier sessions.</summary>
    internal const int BeforeLimit = 5;
}
