using Accounts.Core.Settings;

namespace Accounts.Core.Sessions;

/// <summary>Whether a browser left after its session was ended from another one.</summary>
public abstract record Departure
{
    /// <summary>How long the server waits for the browser to leave after it told the browser's pages: 5 seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private Departure()
    {
    }

    /// <summary>The browser had no open page. The server refuses it when it returns.</summary>
    public sealed record NothingOpen : Departure;

    /// <summary>The server told the browser's open pages and waits for their answer.</summary>
    public sealed record Awaited : Departure;

    /// <summary>The browser requested the signed-out page with the ended session's key.</summary>
    /// <param name="At">When it did.</param>
    public sealed record Confirmed(DateTimeOffset At) : Departure;

    /// <summary>The server told the browser's pages, but they did not answer in time.</summary>
    /// <param name="ClosedAt">When its last connection was closed; null if the server stopped first, which closed the connections too.</param>
    public sealed record NotConfirmed(DateTimeOffset? ClosedAt) : Departure;

    /// <summary>What is known once a session's pages were told.</summary>
    internal static Departure Told(int pages) => pages == 0 ? new NothingOpen() : new Awaited();

    internal static Departure? From(SessionRow row, DateTimeOffset now) => row switch
    {
        { LeftAt: { } left } => new Confirmed(left),
        { PagesTold: null } => null,
        { ClosedAt: { } closed } => new NotConfirmed(closed),
        { PagesTold: 0 } => new NothingOpen(),
        { EndedAt: { } ended } when ended.IsYoungerThan(Patience, now) => new Awaited(),
        _ => new NotConfirmed(null),
    };
}
