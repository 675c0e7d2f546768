using Accounts.Core.Callers;

namespace Accounts.Core.Sessions;

/// <summary>A key that the server issued after a proof and that hasn't been used yet.</summary>
/// <param name="Hash">SHA-256 of the key.</param>
/// <param name="At">When the user proved who they are.</param>
/// <param name="Methods">How they did that.</param>
/// <param name="Number">Of two offers to a session, the later one has the higher number. The clock may have been set back in between.</param>
internal sealed record OfferedKey(byte[] Hash, DateTimeOffset At, SignInMethods Methods, long Number)
{
    /// <summary>How long the old key works if the new one isn't used: 60 seconds, for running requests and a retry after a lost response.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    /// <summary>The key that a session is offered; null if none is.</summary>
    public static OfferedKey? Of(SessionRow row, long number = 0) =>
        row is { NextKeyHash: { } next, NextKeyAt: { } at } ? new OfferedKey(next, at, row.NextKeyMethods ?? SignInMethods.Password, number) : null;

    /// <summary>Whether the old key has run out.</summary>
    /// <remarks>
    /// It has, too, if the offer comes from far in the future: the clock was set back, and nobody knows the offer's age. An offer may be a little
    /// later than the time of a request that was on its way.
    /// </remarks>
    public bool IsDue(DateTimeOffset now) => (now - At).Duration() >= Overlap;
}
