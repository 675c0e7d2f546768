namespace Accounts.Core.Sessions;

/// <summary>What is known of one session besides what its card says.</summary>
/// <param name="Session">The session.</param>
/// <param name="ExpiresAt">When it ends if nothing more is done in it.</param>
/// <param name="LastsUntil">When it ends however much is done in it.</param>
/// <param name="Remembered">"Keep me signed in" was ticked.</param>
/// <param name="Before">The sessions that the same browser had before, the latest first, <see cref="BeforeLimit"/> at most.</param>
public sealed record SessionDetails(Session Session, DateTimeOffset ExpiresAt, DateTimeOffset LastsUntil, bool Remembered, IReadOnlyList<HistoryEntry> Before)
{
    /// <summary>How many sessions of the same browser are told of.</summary>
    public const int BeforeLimit = 5;
}
