using Accounts.Core.Geolocation;

namespace Accounts.Core.Audit;

/// <summary>Something that somebody did to an account; written in the transaction that did it, and never changed. The one exception is its address, which is shortened with age.</summary>
internal sealed class AuditEventRow
{
    private string? _address;

    // Entity Framework's way in.
    private AuditEventRow()
    {
        Action = "";
    }

    public AuditEventRow(DateTimeOffset at, string action, Guid userId)
    {
        Id = Guid.CreateVersion7(at);
        At = at;
        Action = action;
        UserId = userId;
        WholeAddressSince = at;
    }

    public Guid Id { get; private init; }

    public DateTimeOffset At { get; private init; }

    /// <summary>One of <see cref="AuditAction"/>.</summary>
    public string Action { get; private init; }

    /// <summary>Whose account it was done to. Not a foreign key: the record outlives the account.</summary>
    public Guid UserId { get; private init; }

    /// <summary>Who did it.</summary>
    public Guid? ActorUserId { get; init; }

    /// <summary>The session that it was done through; null before there is one.</summary>
    public Guid? ActorSessionId { get; init; }

    /// <summary>The one session that it was done to; null for many.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>How many sessions it ended.</summary>
    public int? Count { get; init; }

    /// <summary>The IP address that it came from.</summary>
    public string? Address { get => _address; init => _address = value; }

    /// <summary>Since when the address is kept whole, which is <see cref="At"/>; null once it is shortened.</summary>
    public DateTimeOffset? WholeAddressSince { get; private set; }

    public void ShortenAddress()
    {
        _address = _address is null ? null : ShortAddress.Of(_address);
        WholeAddressSince = null;
    }
}

/// <summary>What an audit event can say was done. The names are part of the record and never change.</summary>
internal static class AuditAction
{
    public const string Registered = "user.registered";
    public const string SignedIn = "user.signed_in";
    public const string SignedOut = "user.signed_out";
    public const string PasswordChanged = "user.password_changed";
    public const string SessionTerminated = "session.terminated";
    public const string SessionEndedByLimit = "session.ended_by_limit";
    public const string SessionRenamed = "session.renamed";
    public const string SignedOutEverywhere = "user.signed_out_everywhere";
    public const string SessionsInvalidated = "user.session_invalidated";
}
