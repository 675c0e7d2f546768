using System.Security.Cryptography;
using System.Text;
using Accounts.Core.Audit;
using Accounts.Core.Devices;
using Accounts.Core.Geolocation;
using Accounts.Core.Settings;
using Accounts.Core.Storage;
using Accounts.Core.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Mail;

/// <summary>Sends the emails of the outbox: one connection per batch, the longest due first.</summary>
/// <remarks>
/// A row waits until it is finished. Before an email is sent, its row is put off by <see cref="Lease"/>: a process that dies meanwhile leaves it to
/// the next one, and two processes don't send it twice. If a process sent an email and died before it could say so, it is sent again, with the same
/// id.
/// The secret of a link is in memory only, from its first attempt to its last.
/// </remarks>
internal sealed partial class MailDelivery(
    AccountsDatabase database,
    Outbox outbox,
    MailHealth health,
    PlaceFinder places,
    OutboxOptions options,
    TimeProvider time,
    ILogger<MailDelivery> logger) : BackgroundService
{
    /// <summary>How long one email may take, before another process may send it.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <summary>How often to look for emails that are due, without being told: they were put off, or another process wrote them.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private const int BatchSize = 50;

    /// <summary>The time between two attempts doubles up to this.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LimitWindow = TimeSpan.FromHours(1);

    private readonly Dictionary<Guid, string> _secrets = [];
    private int _failures;
    private DateTimeOffset _retryAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!outbox.IsOn)
            return;

        var rounds = new Rounds(time, failure => Log.Postponed(logger, failure));
        try
        {
            while (true)
            {
                await rounds.RunAsync(() => RunAsync(stoppingToken));
                await rounds.RunAsync(async () => health.Waits(await database.ReadAsync(db => Waiting(db).CountAsync(stoppingToken))));
                await outbox.WaitAsync(Interval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(logger);
        }
    }

    /// <summary>Sends everything that is due now, unless the mail server failed a short time ago.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer. What was sent before is recorded.</exception>
    public async Task RunAsync(CancellationToken stoppingToken = default)
    {
        while (time.GetUtcNow() >= _retryAt && !stoppingToken.IsCancellationRequested && await SendBatchAsync(stoppingToken))
        {
        }
    }

    /// <summary>Emails that wait, the longest due first.</summary>
    internal static IQueryable<OutboxRow> Waiting(AccountsDbContext db) => db.Outbox.Where(o => o.FinishedAt == null).OrderBy(o => o.DueAt);

    /// <summary>Emails that the mail server refused since a time, or that were given up.</summary>
    internal static IQueryable<OutboxRow> Failed(AccountsDbContext db, DateTimeOffset since) =>
        db.Outbox.Where(o => o.FinishedAt > since && (o.End == MailEnd.Refused || o.End == MailEnd.TooLate || o.End == MailEnd.Limited));

    /// <summary>Emails that were sent to a recipient since a time.</summary>
    internal static IQueryable<OutboxRow> SentTo(AccountsDbContext db, byte[] recipient, DateTimeOffset since) =>
        db.Outbox.Where(o => o.RecipientHash == recipient && o.FinishedAt > since);

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> SendBatchAsync(CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        var due = await database.ReadAsync(db =>
            Waiting(db).Where(o => o.DueAt <= now).Take(BatchSize).AsNoTracking().ToListAsync(CancellationToken.None));
        IMailConnection? connection = null;
        var hasBroken = false;
        try
        {
            foreach (var row in due)
            {
                if (stoppingToken.IsCancellationRequested)
                    return false;
                if (await ClaimAsync(row) is not { } mail)
                    continue;
                MailResult result;
                try
                {
                    connection ??= await outbox.Sender!.ConnectAsync(stoppingToken);
                    result = await connection.SendAsync(mail, stoppingToken);
                }
                catch (MailUnavailableException failure) when (connection is not null && !hasBroken && !stoppingToken.IsCancellationRequested)
                {
                    // The connection broke at this email, so the next one gets another connection. Only if that breaks too, it's the server.
                    await connection.DisposeAsync();
                    (connection, hasBroken) = (null, true);
                    await FinishAsync(row, mail, new MailResult(MailOutcome.Postponed, failure.Message));
                    continue;
                }
                catch (Exception failure) when (failure is MailUnavailableException || stoppingToken.IsCancellationRequested)
                {
                    await ReleaseAsync(row, failure);
                    return false;
                }
                catch (Exception failure)
                {
                    // An email that its sender can't write must not hold up those after it.
                    Log.Failed(logger, row.Id, row.Kind, failure);
                    result = new MailResult(MailOutcome.Postponed, failure.GetType().Name);
                }

                hasBroken = false;
                (_failures, _retryAt) = (0, default);
                if (health.Works())
                    Log.WorksAgain(logger);
                await FinishAsync(row, mail, result);
            }
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }

        return due.Count == BatchSize;
    }

    /// <summary>Takes an email for this process, and finds what it tells.</summary>
    /// <returns>Null if another process has it, or it ended without being sent.</returns>
    private async Task<OutgoingMail?> ClaimAsync(OutboxRow row)
    {
        var now = time.GetUtcNow();
        var secret = row.LinkId is null ? null : _secrets.GetValueOrDefault(row.Id);
        var (mail, end) = await database.WriteAsync<(OutgoingMail?, MailEnd?)>(WritePriority.Ordinary, async db =>
        {
            var mine = db.Outbox.Where(o => o.Id == row.Id && o.DueAt == row.DueAt && o.FinishedAt == null);
            if (await mine.ExecuteUpdateAsync(set => set.SetProperty(o => o.DueAt, now + Lease)) == 0)
                return (null, null);
            var (mail, end) = row.LinkId is { } link ? await WithLinkAsync(db, row, link, secret, now) : await NoticeAsync(db, row, now);
            if (mail is not null && await IsLimitedAsync(db, mail, now))
                (mail, end) = (null, MailEnd.Limited);
            // With its account, the row is deleted when the account is.
            if (row.LinkId is { } found)
            {
                await db.SaveChangesAsync();
                await db.Outbox.Where(o => o.Id == row.Id).ExecuteUpdateAsync(set => set.SetProperty(
                    o => o.UserId, db.EmailLinks.Where(l => l.Id == found).Select(l => l.UserId).FirstOrDefault()));
            }

            if (end is { } over)
                await FinishAsync(db, row, over, null, null, now);
            return (mail, end);
        });
        if (mail?.Token is { } token)
            _secrets[row.Id] = token;
        if (end is { } ended)
            Ended(row, ended, null);
        return mail;
    }

    /// <summary>An email that brings a link or a code. It finds the account only now.</summary>
    private async Task<(OutgoingMail? Mail, MailEnd? End)> WithLinkAsync(
        AccountsDbContext db, OutboxRow row, Guid linkId, string? secret, DateTimeOffset now)
    {
        // A link that is gone was used, or its account was erased.
        if (await db.EmailLinks.SingleOrDefaultAsync(l => l.Id == linkId) is not { } link || link.ExpiresAt <= now)
            return (null, MailEnd.TooLate);
        secret ??= EmailLinks.NewSecret(link.Purpose);
        if (await db.IssueAsync(link, secret, now) is not { } issued)
        {
            db.EmailLinks.Remove(link);
            return (null, MailEnd.NoRecipient);
        }

        var hasSecret = issued.Kind is not MailKind.AddressTaken;
        return (new OutgoingMail
        {
            Id = row.Id,
            Kind = issued.Kind,
            To = issued.To,
            Name = issued.Name,
            OtherEmail = issued.OtherEmail,
            At = link.AskedAt,
            Token = hasSecret ? secret : null,
            ExpiresAt = hasSecret ? link.ExpiresAt : null,
            Device = link.SessionId is null ? NameForStrangers(link.Device()) : link.Device().Title,
            Place = places.Find(link.Address),
        }, null);
    }

    /// <summary>
    /// The title of a device that may be anybody's. A browser names itself, so a name that looks like an address is left out: it would be a
    /// stranger's link in an email of ours.
    /// </summary>
    private static string NameForStrangers(Device device) =>
        Looks(device.Browser) || Looks(device.Bot) || Looks(device.Platform) || Looks(device.Distribution) ? Device.UnknownBrowser : device.Title;

    private static bool Looks(string? name) => name is not null && name.AsSpan().IndexOfAny(".:@/&") >= 0;

    /// <summary>An email that tells of an audit event.</summary>
    private async Task<(OutgoingMail? Mail, MailEnd? End)> NoticeAsync(AccountsDbContext db, OutboxRow row, DateTimeOffset now)
    {
        if (now - row.MadeAt > options.GiveUpAfter)
            return (null, MailEnd.TooLate);
        var told = await db.AuditEvents.AsNoTracking().Include(e => e.Details).SingleOrDefaultAsync(e => e.Id == row.EventId);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == row.UserId);
        if (told is null || user?.Email is null)
            return (null, MailEnd.NoRecipient);

        DateTimeOffset? due = row.Kind switch
        {
            MailKind.TwoFactorResetRequested => user.TwoFactorResetAt,
            MailKind.DeletionRequested => user.DeletionDueAt,
            _ => null,
        };
        // Somebody took it back before the email was sent.
        if (due is null && row.Kind is (MailKind.TwoFactorResetRequested or MailKind.DeletionRequested))
            return (null, MailEnd.TooLate);

        // The owner learns who of the staff acted, and nothing of their device.
        var isOwn = told.ActorUserId == told.UserId;
        return (new OutgoingMail
        {
            Id = row.Id,
            Kind = row.Kind,
            To = user.Email,
            Name = user.DisplayName,
            At = told.At,
            Device = isOwn ? told.Details?.ActorDevice : null,
            Place = isOwn ? places.Find(told.Details?.Address) : null,
            Reason = isOwn ? null : told.Reason,
            DueAt = due,
        }, null);
    }

    private async Task<bool> IsLimitedAsync(AccountsDbContext db, OutgoingMail mail, DateTimeOffset now)
    {
        if (mail.Kind.Alike() is not { } kinds)
            return false;
        var sent = await SentTo(db, RecipientOf(mail), now - LimitWindow).CountAsync(o => kinds.Contains(o.Kind));
        return sent >= (mail.Kind.IsNotice() ? options.NoticesPerHour : options.LinksPerHour);
    }

    private async Task FinishAsync(OutboxRow row, OutgoingMail mail, MailResult result)
    {
        var now = time.GetUtcNow();
        var due = now + WaitAfter(row.Postponed + 1);
        var last = mail.ExpiresAt ?? row.MadeAt + options.GiveUpAfter;
        MailEnd? end = result.Outcome switch
        {
            MailOutcome.Sent => MailEnd.Sent,
            MailOutcome.Refused => MailEnd.Refused,
            _ => due >= last ? MailEnd.TooLate : null,
        };
        await database.WriteAsync(WritePriority.Ordinary, async db =>
        {
            if (end is { } over)
                return await FinishAsync(db, row, over, result.Detail, over is MailEnd.Sent ? RecipientOf(mail) : null, now);
            var detail = result.Detail is null ? null : ShortText.Cut(result.Detail, OutboxRow.DetailLimit);
            return await db.Outbox.Where(o => o.Id == row.Id).ExecuteUpdateAsync(set => set
                .SetProperty(o => o.DueAt, due)
                .SetProperty(o => o.Postponed, o => o.Postponed + 1)
                .SetProperty(o => o.Detail, detail));
        });
        if (end is { } ended)
        {
            Ended(row, ended, result.Detail);
            return;
        }

        health.Postponed();
        Log.PutOff(logger, row.Id, row.Kind, result.Detail);
    }

    private static Task<int> FinishAsync(AccountsDbContext db, OutboxRow row, MailEnd end, string? detail, byte[]? recipient, DateTimeOffset now)
    {
        var said = detail is null ? null : ShortText.Cut(detail, OutboxRow.DetailLimit);
        return db.Outbox.Where(o => o.Id == row.Id && o.FinishedAt == null).ExecuteUpdateAsync(set => set
            .SetProperty(o => o.FinishedAt, now)
            .SetProperty(o => o.End, end)
            .SetProperty(o => o.Detail, said)
            .SetProperty(o => o.RecipientHash, recipient));
    }

    /// <summary>Gives an email back that couldn't be sent, because none can. It doesn't count as an attempt.</summary>
    private async Task ReleaseAsync(OutboxRow row, Exception failure)
    {
        var now = time.GetUtcNow();
        if (failure is MailUnavailableException)
        {
            _retryAt = now + WaitAfter(++_failures);
            if (health.Fails(now, failure.Message))
                Log.Unavailable(logger, failure.Message);
        }

        await database.WriteAsync(WritePriority.Ordinary, db =>
            db.Outbox.Where(o => o.Id == row.Id && o.FinishedAt == null).ExecuteUpdateAsync(set => set.SetProperty(o => o.DueAt, now)));
    }

    private void Ended(OutboxRow row, MailEnd end, string? detail)
    {
        _secrets.Remove(row.Id);
        health.Ended(end);
        switch (end)
        {
            case MailEnd.Sent:
                Log.Sent(logger, row.Id, row.Kind);
                break;
            case MailEnd.NoRecipient:
                Log.NoRecipient(logger, row.Id, row.Kind);
                break;
            default:
                Log.GivenUp(logger, row.Id, row.Kind, end, detail);
                break;
        }
    }

    private static TimeSpan WaitAfter(int failures) =>
        TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, ShortestWait.Ticks << Math.Min(failures - 1, 10)));

    private static byte[] RecipientOf(OutgoingMail mail) => SHA256.HashData(Encoding.UTF8.GetBytes(EmailKey.Of(mail.To)));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Sent the email {Id}: {Kind}")]
        public static partial void Sent(ILogger logger, Guid id, MailKind kind);

        [LoggerMessage(2, LogLevel.Information, "Postponed the email {Id} ({Kind}), because the mail server put it off: {Detail}")]
        public static partial void PutOff(ILogger logger, Guid id, MailKind kind, string? detail);

        [LoggerMessage(3, LogLevel.Warning, "Gave up the email {Id} ({Kind}): {End}. The mail server said: {Detail}")]
        public static partial void GivenUp(ILogger logger, Guid id, MailKind kind, MailEnd end, string? detail);

        [LoggerMessage(4, LogLevel.Debug, "Dropped the email {Id} ({Kind}): nobody gets it")]
        public static partial void NoRecipient(ILogger logger, Guid id, MailKind kind);

        [LoggerMessage(5, LogLevel.Error, "No email can be sent; all of them wait: {Why}")]
        public static partial void Unavailable(ILogger logger, string why);

        [LoggerMessage(6, LogLevel.Information, "Emails can be sent again")]
        public static partial void WorksAgain(ILogger logger);

        [LoggerMessage(7, LogLevel.Error, "A round of sending emails failed; the next one tries again")]
        public static partial void Postponed(ILogger logger, Exception failure);

        [LoggerMessage(9, LogLevel.Error, "The sender failed at the email {Id} ({Kind})")]
        public static partial void Failed(ILogger logger, Guid id, MailKind kind, Exception failure);

        [LoggerMessage(8, LogLevel.Debug, "Sending emails stopped")]
        public static partial void Stopped(ILogger logger);
    }
}
