using System.Security.Cryptography;
using Accounts.Core.Callers;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;

namespace Accounts.Tests.Fixtures;

/// <summary>An ended session, inserted without our code. By default it was signed out after an hour, in a browser of its own.</summary>
internal sealed record PastSession(UserId Owner, DateTimeOffset StartedAt)
{
    public SessionId Id { get; } = SessionId.New(StartedAt);

    public TimeSpan Length { get; init; } = TimeSpan.FromHours(1);

    public EndReason Reason { get; init; } = EndReason.SignedOut;

    public SessionId? By { get; init; }

    public string? Name { get; init; }

    public string UserAgent { get; init; } = CoreHost.Chrome;

    public string Address { get; init; } = "203.0.113.7";

    public byte[] Browser { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>How long before its end the last activity was.</summary>
    public TimeSpan Unused { get; init; }

    public bool Remembered { get; init; } = true;

    public static Task AddAsync(AccountsDatabase database, params IEnumerable<PastSession> sessions) =>
        database.WriteAsync(WritePriority.Ordinary, db =>
        {
            db.Sessions.AddRange(sessions.Select(session => session.ToRow()));
            return Task.FromResult(true);
        });

    private SessionRow ToRow() => new()
    {
        Id = Id.Value,
        UserId = Owner.Value,
        Epoch = 0,
        KeyHash = RandomNumberGenerator.GetBytes(32),
        BrowserHash = Browser,
        StartedAt = StartedAt,
        LastActivityAt = StartedAt + Length - Unused,
        ExpiresAt = StartedAt + Length,
        Remembered = Remembered,
        Methods = SignInMethods.Password,
        UserAgent = UserAgent,
        SignInAddress = Address,
        LastAddress = Address,
        Name = Name,
        EndedAt = StartedAt + Length,
        EndReason = Reason,
        EndedByUserId = Reason == EndReason.Expired ? null : Owner.Value,
        EndedBySessionId = Reason == EndReason.Expired ? null : By?.Value ?? Id.Value,
    };
}
