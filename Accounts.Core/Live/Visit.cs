using Accounts.Core.Sessions;

namespace Accounts.Core.Live;

/// <summary>A time of activity in a session, without a long pause.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="Before">The last activity of the session's visit before it; null if there was none.</param>
internal sealed record Visit(DateTimeOffset At, DateTimeOffset? Before)
{
    /// <summary>The pause that ends a visit: 30 minutes.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(30);

    /// <summary>The visit that goes on in a session that memory doesn't know. Of several visits, only the last activity is known.</summary>
    public static Visit Of(SessionRow row) => row.LastActivityAt - row.StartedAt < Pause
        ? new Visit(row.StartedAt, null)
        : new Visit(row.LastActivityAt, row.LastActivityAt);

    /// <summary>The visit after an activity.</summary>
    /// <param name="latest">The time of the activity before it.</param>
    /// <param name="now">Its time.</param>
    public Visit Follow(DateTimeOffset latest, DateTimeOffset now) => now - latest < Pause ? this : new Visit(now, latest);
}
