namespace Accounts.Core.Sessions;

/// <summary>What became of the browser of a session that was ended from elsewhere: did it really leave?</summary>
public abstract record Departure
{
    private Departure()
    {
    }

    /// <summary>No page was open there. It is refused when it returns.</summary>
    public sealed record NothingOpen : Departure;

    /// <summary>Pages were open there and have been told; their answer is waited for.</summary>
    public sealed record Awaited : Departure;

    /// <summary>It has asked for the signed-out page with the key of the ended session.</summary>
    public sealed record Confirmed(DateTimeOffset At) : Departure;

    /// <summary>Its pages were told and did not answer in time.</summary>
    /// <param name="ClosedAt">When no connection of it was left open; null if the server stopped meanwhile, which closed them too.</param>
    public sealed record NotConfirmed(DateTimeOffset? ClosedAt) : Departure;

    internal static Departure? From(SessionRow row, DateTimeOffset now) => row switch
    {
        { LeftAt: { } left } => new Confirmed(left),
        { PagesTold: null } => null,
        { ClosedAt: { } closed } => new NotConfirmed(closed),
        { PagesTold: 0 } => new NothingOpen(),
        { EndedAt: { } ended } when now - ended < SessionDepartures.Patience => new Awaited(),
        _ => new NotConfirmed(null),
    };
}
