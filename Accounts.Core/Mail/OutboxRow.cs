namespace Accounts.Core.Mail;

/// <summary>
/// An email that is to be sent, or was. It has ids only: what the email tells is read when it is sent, and secrets are made then. So the outbox has
/// nothing to leak.
/// </summary>
internal sealed class OutboxRow
{
    public const int DetailLimit = 200;

    public required Guid Id { get; init; }

    public required MailKind Kind { get; init; }

    /// <summary>The account whose owner gets the email; null for a link that a visitor asked for.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The link or the code that the email brings; null if it brings none.</summary>
    public Guid? LinkId { get; init; }

    /// <summary>The audit event that the email tells of; null if it brings a link.</summary>
    public Guid? EventId { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>When to try next. While a process sends the email, this is when another one may take over.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>How often the mail server put it off.</summary>
    public int Postponed { get; set; }

    /// <summary>When it was sent or given up; null while it waits.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>What became of it; null while it waits.</summary>
    public MailEnd? End { get; set; }

    /// <summary>What the mail server said last; null if nothing.</summary>
    public string? Detail { get; set; }

    /// <summary>SHA-256 of the key of the recipient's address, for the limit per recipient; null until it was sent.</summary>
    public byte[]? RecipientHash { get; set; }

    /// <summary>An email that tells of an audit event.</summary>
    public static OutboxRow Of(MailKind kind, Guid user, Guid auditEvent, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Kind = kind,
        UserId = user,
        EventId = auditEvent,
        MadeAt = now,
        DueAt = now,
    };

    /// <summary>An email that brings a link or a code.</summary>
    public static OutboxRow Of(EmailLinkRow link, MailKind kind, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Kind = kind,
        UserId = link.UserId,
        LinkId = link.Id,
        MadeAt = now,
        DueAt = now,
    };
}

/// <summary>What became of an email. The database stores the numbers: never change one.</summary>
internal enum MailEnd
{
    /// <summary>The mail server took it.</summary>
    Sent = 1,

    /// <summary>The mail server will never take it.</summary>
    Refused = 2,

    /// <summary>The mail server put it off for too long, or the link expired before.</summary>
    TooLate = 3,

    /// <summary>The recipient has had too many emails.</summary>
    Limited = 4,

    /// <summary>There is nobody to send it to: no account with that address, or one that may not sign in.</summary>
    NoRecipient = 5,
}
