using Accounts.Core.Geolocation;

namespace Accounts.Core.Mail;

/// <summary>
/// Writes and sends emails. An application registers one; without it, Accounts offers nothing that needs an email. It must be a singleton.
/// </summary>
/// <remarks>
/// The core keeps emails in its outbox until they are sent, so a sender neither queues nor retries. It is called by one batch at a time.
/// </remarks>
public interface IMailSender
{
    /// <summary>Whether emails can be sent at all. It doesn't change while the application runs.</summary>
    bool IsConfigured { get; }

    /// <summary>Opens one connection for a batch.</summary>
    /// <exception cref="MailUnavailableException">No email can be sent now. All of them wait.</exception>
    Task<IMailConnection> ConnectAsync(CancellationToken cancellationToken = default);
}

/// <summary>A connection over which a batch of emails is sent, one after the other.</summary>
public interface IMailConnection : IAsyncDisposable
{
    /// <summary>Sends an email.</summary>
    /// <exception cref="MailUnavailableException">No email can be sent now. This one and those after it wait.</exception>
    Task<MailResult> SendAsync(OutgoingMail mail, CancellationToken cancellationToken = default);
}

/// <summary>What became of an email.</summary>
/// <param name="Outcome">Whether it was sent.</param>
/// <param name="Detail">What the mail server said, for operators; null if nothing.</param>
public sealed record MailResult(MailOutcome Outcome, string? Detail = null);

/// <summary>Whether an email was sent.</summary>
public enum MailOutcome
{
    /// <summary>The mail server took it.</summary>
    Sent,

    /// <summary>The mail server doesn't take it now. It may later.</summary>
    Postponed,

    /// <summary>The mail server will never take it, for example because there is no such mailbox.</summary>
    Refused,
}

/// <summary>No email can be sent now: the mail server doesn't answer, or refuses the application itself.</summary>
/// <param name="message">Why, for operators. Without secrets and recipients.</param>
/// <param name="inner">The failure.</param>
public sealed class MailUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An email to write and send.</summary>
public sealed record OutgoingMail
{
    /// <summary>Its id, the same at each attempt. A message id that is made of it shows that two emails are one.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it is about.</summary>
    public required MailKind Kind { get; init; }

    /// <summary>The recipient's address.</summary>
    public required string To { get; init; }

    /// <summary>The recipient's name; null if they have no account yet.</summary>
    public string? Name { get; init; }

    /// <summary>When the thing that it is about happened, or was asked for.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The secret of its link, or its code; null if it has none. The database doesn't have it.</summary>
    public string? Token { get; init; }

    /// <summary>When the link or the code expires; null if there is none.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The device from which it was done or asked for: "Chrome 156 on Windows 11"; null if unknown, or if the user didn't do it.</summary>
    public string? Device { get; init; }

    /// <summary>Where that device was, as far as its address says; null if unknown.</summary>
    public Place? Place { get; init; }

    /// <summary>Another address of the same account, of which only the beginnings are shown; null if there is none.</summary>
    public string? OtherEmail { get; init; }

    /// <summary>Why a member of staff acted, in their words; null if nobody gave a reason.</summary>
    public string? Reason { get; init; }

    /// <summary>When something that was asked for will be done; null if it is done.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Names it for logs, without its secret and its recipient.</summary>
    public override string ToString() => $"{Kind} {Id}";
}
