using System.Threading.Channels;
using Accounts.Core.Audit;
using Accounts.Core.Sessions;
using Accounts.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Core.Mail;

/// <summary>
/// The emails that wait to be sent, as rows that commit with what they tell of. <see cref="MailDelivery"/> sends them behind, so a mail server that
/// fails holds nothing up.
/// </summary>
internal sealed class Outbox(IEnumerable<IMailSender> senders)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The application's sender; null if there is no email.</summary>
    public IMailSender? Sender { get; } = senders.LastOrDefault() is { IsConfigured: true } sender ? sender : null;

    /// <summary>Whether the application sends emails.</summary>
    public bool IsOn => Sender is not null;

    /// <summary>
    /// Adds an email for each audit event of the transaction that the account's owner is told of. The audit log is thus the one place that says
    /// what happened, and nothing that belongs into a notice is forgotten.
    /// </summary>
    /// <returns>Whether there is one.</returns>
    public bool AddNotices(AccountsDbContext db)
    {
        if (!IsOn)
            return false;

        var rows = db.ChangeTracker.Entries<AuditEventRow>()
            .Select(entry => entry.Entity)
            .Select(told => KindOf(db, told) is { } kind ? OutboxRow.Of(kind, told.UserId, told.Id, told.At) : null)
            .OfType<OutboxRow>()
            .ToList();
        db.Outbox.AddRange(rows);
        return rows.Count > 0;
    }

    /// <summary>Says that the outbox has a new email. Call it after the commit.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Waits until there is a new email, or until a time has passed.</summary>
    public async Task WaitAsync(TimeSpan most, TimeProvider time, CancellationToken stoppingToken)
    {
        using var timer = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stoppingToken);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // The time has passed.
        }
    }

    private static MailKind? KindOf(AccountsDbContext db, AuditEventRow told)
    {
        // An act of staff has an event in the log of the account and one in their own.
        if (told.OnUserId is { } account && account != told.UserId)
            return null;
        return told.Action switch
        {
            AuditAction.SignedIn when IsNew(db, told) => MailKind.NewSignIn,
            AuditAction.PasswordChanged => MailKind.PasswordChanged,
            AuditAction.PasswordReset => MailKind.PasswordReset,
            AuditAction.TwoFactorTurnedOn => MailKind.TwoFactorTurnedOn,
            AuditAction.TwoFactorTurnedOff => MailKind.TwoFactorTurnedOff,
            AuditAction.RecoveryCodesReplaced => MailKind.RecoveryCodesReplaced,
            AuditAction.TwoFactorResetRequested => MailKind.TwoFactorResetRequested,
            AuditAction.TwoFactorReset => MailKind.TwoFactorReset,
            AuditAction.PasskeyAdded => MailKind.PasskeyAdded,
            AuditAction.PasskeyRemoved => MailKind.PasskeyRemoved,
            AuditAction.ProviderLinked => MailKind.ProviderLinked,
            AuditAction.ProviderUnlinked => MailKind.ProviderUnlinked,
            AuditAction.EmailRestored => MailKind.EmailRestored,
            AuditAction.ViewBegan => MailKind.ViewBegan,
            AuditAction.DeletionRequested => MailKind.DeletionRequested,
            _ => null,
        };
    }

    /// <summary>Whether a sign-in came with a browser or from a country that is new for the account: what the dashboard asks about, too.</summary>
    private static bool IsNew(AccountsDbContext db, AuditEventRow told) => db.ChangeTracker.Entries<SessionRow>()
        .Select(entry => entry.Entity)
        .Any(session => session.Id == told.SessionId && (session.NewBrowser || session.NewCountry));
}
