using System.Data.Common;
using System.Security.Cryptography;
using Accounts.Core.Administration;
using Accounts.Core.Audit;
using Accounts.Core.Callers;
using Accounts.Core.Mail;
using Accounts.Core.Passkeys;
using Accounts.Core.Providers;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.TwoFactor;
using Accounts.Core.Users;
using Accounts.Demo;
using Accounts.Stage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Accounts.Crowds;

/// <summary>
/// Fills an empty database with the sessions of many users: live and ended ones of the last 400 days, with their audit events and support codes,
/// and with sign-ins that are half done.
/// </summary>
/// <remarks>
/// A few users have very many sessions, and most have a handful. Each browser of a user has at most one live session. Retention has done all of its
/// work. So a day later, a day's work is due: expired sessions, old addresses and old sessions.
/// </remarks>
internal sealed class Crowd(
    IDbContextFactory<AccountsDbContext> contexts,
    IPasswordHasher<User> hasher,
    SessionOptions lifetimes,
    RetentionOptions retention)
{
    /// <summary>The issuer of everybody's account at a provider.</summary>
    public const string Issuer = "https://id.example.test";

    /// <summary>Everybody's password.</summary>
    public const string Password = "a passphrase of the crowd";

    /// <summary>The sessions of the user at place n are proportional to n to this power. The first of 100,000 users then has 0.6 % of all.</summary>
    private const double Skew = -0.65;

    /// <summary>How many live sessions a user has at most, as the product's default is.</summary>
    private const int MostLive = 100;

    /// <summary>How many users are in memory at a time.</summary>
    private const int BatchUsers = 200;

    private static readonly string[] Agents =
        [Browsers.Phone, Browsers.Windows, Browsers.Mac, Browsers.Android, Browsers.Linux, Browsers.Edge, Browsers.Tablet];

    private static readonly string[] Countries = ["DE", "FR", "IT", "JP", "BR"];

    // The same shapes each time. Ids and hashes differ.
    private readonly Random _random = new(1);

    // Among 100,000 codes, two are the same once in a hundred times.
    private readonly HashSet<string> _codes = new(StringComparer.Ordinal);

    /// <summary>A user's email. The first user has the most sessions.</summary>
    public static string Email(int place) => $"user{place}@example.test";

    /// <summary>Fills the database in one transaction.</summary>
    /// <param name="sessions">How many sessions to write, within a few per cent.</param>
    /// <param name="users">How many users they belong to.</param>
    /// <param name="at">The time until which the data reaches.</param>
    /// <param name="progress">Hears how many sessions have been written.</param>
    /// <exception cref="StartupException">The database has rows already. Nothing was written.</exception>
    public async Task FillAsync(int sessions, int users, DateTimeOffset at, Action<int>? progress = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        if (db.Database.IsSqlite())
            await SetCacheAsync(db.Database.GetDbConnection());
        await using var transaction = await db.Database.BeginTransactionAsync();
        await RequireEmptyAsync(db);

        var first = sessions / Enumerable.Range(1, users).Sum(place => Math.Pow(place, Skew));
        var password = hasher.HashPassword(User.New(at, "", ""), Password);
        var (accounts, sessionRows, codes) = (new BulkRows<User>(db), new BulkRows<SessionRow>(db), new BulkRows<SupportCodeRow>(db));
        var attempts = new BulkRows<RefusedAttemptRow>(db);
        var (steps, trusted) = (new BulkRows<PendingSignInRow>(db), new BulkRows<TrustedBrowserRow>(db));
        var questions = new BulkRows<PasskeyCeremonyRow>(db);
        var (linked, providers) = (new BulkRows<LinkedAccountRow>(db), new BulkRows<ProviderSessionRow>(db));
        var (requests, tokens) = (new BulkRows<ProviderRequestRow>(db), new BulkRows<LogoutTokenRow>(db));
        var (links, emails) = (new BulkRows<EmailLinkRow>(db), new BulkRows<OutboxRow>(db));
        var (audits, details) = (new BulkRows<AuditEventRow>(db), new BulkRows<AuditDetailsRow>(db));
        var written = 0;
        foreach (var places in Enumerable.Range(1, users).Chunk(BatchUsers))
        {
            var people = places.Select(place => UserAt(place, password, at)).ToList();
            var rows = people.Zip(places)
                .Select(one => SessionsOf(new UserId(one.First.Id), Math.Max(1, (int)Math.Round(first * Math.Pow(one.Second, Skew))), at))
                .ToList();
            var events = rows.SelectMany(own => EventsOf(own, at)).ToList();
            await accounts.InsertAsync(people);
            await sessionRows.InsertAsync(rows.SelectMany(own => own));
            await codes.InsertAsync(rows.SelectMany(own => CodesOf(own, at)));
            await attempts.InsertAsync(rows.SelectMany(own => AttemptsOf(own, at)));
            var live = rows.SelectMany(own => own).Where(row => row.EndedAt is null).ToList();
            await steps.InsertAsync(live.Select(row => StepOf(row, at)));
            await trusted.InsertAsync(live.Select(row => TrustOf(row, at)));
            await questions.InsertAsync(live.Select(row => QuestionTo(row, at)));
            await linked.InsertAsync(people.Select(LinkOf));
            await providers.InsertAsync(live.Select(ThereOf));
            await requests.InsertAsync(live.Select(row => RequestOf(row, at)));
            await tokens.InsertAsync(live.Select(_ => TokenAt(at)));
            await links.InsertAsync(live.Select(row => LinkTo(row, at)));
            await emails.InsertAsync(live.Select(row => EmailTo(row, at)));
            await audits.InsertAsync(events);
            await details.InsertAsync(events.Select(one => (one.Details!, (object?)one.Id)));
            written += rows.Sum(own => own.Count);
            progress?.Invoke(written);
        }

        await transaction.CommitAsync();
    }

    /// <summary>Lets the database count its rows, so that it plans queries by what is there. PostgreSQL does so by itself after a while.</summary>
    public async Task AnalyzeAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        db.MayWrite = true;
        db.Database.SetCommandTimeout(TimeSpan.Zero);
        if (db.Database.IsNpgsql())
        {
            // Users sign in by turns, so a table has the order of time, which the ids have too. The server's plans depend on that.
            foreach (var table in new[] { "Sessions", "AuditEvents", "AuditDetails" })
            {
                var sql = $"CLUSTER \"{table}\" USING \"PK_{table}\"";
                await db.Database.ExecuteSqlRawAsync(sql);
            }
        }

        await db.Database.ExecuteSqlRawAsync(db.Database.IsNpgsql() ? "VACUUM (ANALYZE)" : "ANALYZE");
    }

    /// <summary>Lets this connection keep 1 GB in memory. Otherwise it reads and writes the same pages again and again.</summary>
    private static async Task SetCacheAsync(DbConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA cache_size = -1000000";
        await command.ExecuteNonQueryAsync();
    }

    private static async Task RequireEmptyAsync(AccountsDbContext db)
    {
        // The start has added the installation's row.
        var filled = db.Model.GetEntityTypes().Where(type => !type.IsOwned() && type.ClrType != typeof(InstallationRow));
        foreach (var table in filled.Select(type => type.GetTableName()))
        {
            var sql = $"SELECT count(*) AS \"Value\" FROM \"{table}\"";
            if (await db.Database.SqlQueryRaw<long>(sql).SingleAsync() is > 0 and var rows)
                throw new StartupException($"The table {table} has rows already ({rows}). Use an empty database.");
        }
    }

    private User UserAt(int place, string password, DateTimeOffset at)
    {
        var user = User.New(at - retention.EndedSessions, $"User {place}", Email(place));
        (user.PasswordHash, user.EmailConfirmed) = (password, true);
        return user;
    }

    /// <summary>A user's sessions. In each of their browsers one follows the other, and the last one may be live.</summary>
    private List<SessionRow> SessionsOf(UserId user, int count, DateTimeOffset at)
    {
        var rows = new List<SessionRow>(count);
        var oldest = at - retention.EndedSessions;
        var browsers = Math.Min(count, 2 + Math.Min(count / 20, 140));
        // The first of a browser's sessions is removed by now in three of eight cases. On average, there are as many as wanted.
        var slot = retention.EndedSessions / (((double)count / browsers) - 0.625);
        var live = 0;
        for (var browser = 0; browser < browsers; browser++)
        {
            var hash = RandomNumberGenerator.GetBytes(32);
            for (var begin = oldest - Share(0, 1) * slot; begin < at; begin += slot)
            {
                var isLive = begin + slot >= at && live < MostLive && _random.NextDouble() < 0.7;
                live += isLive ? 1 : 0;
                var to = isLive ? at - Share(0, 1) * lifetimes.IdleTimeout : begin + Share(0.3, 0.95) * (begin + slot < at ? slot : at - begin);
                // Its row has been removed since.
                if (to < oldest)
                    continue;
                var length = Share(0.01, 1) * (slot < lifetimes.AbsoluteTimeout ? slot : lifetimes.AbsoluteTimeout - lifetimes.IdleTimeout);
                var row = Browsers.Session(
                    user,
                    isLive ? to - length : begin + Share(0, 0.3) * (to - begin),
                    Agents[browser % Agents.Length],
                    $"203.0.113.{_random.Next(256)}",
                    newBrowser: begin < oldest && browser > 0,
                    hash,
                    Countries[_random.Next(100) < 95 ? 0 : _random.Next(Countries.Length)]);
                (row.LastActivityAt, row.ExpiresAt, row.PagesVisited) = (to, to + lifetimes.IdleTimeout, _random.Next(200));
                row.Name = browser % 10 == 3 ? "Work laptop" : null;
                rows.Add(row);
                if (!isLive)
                    End(row, rows);
            }
        }

        foreach (var row in rows.Where(row => row.WholeAddressSince <= at - retention.Addresses))
            row.ShortenAddresses(at - retention.Addresses, at);
        return rows;
    }

    /// <summary>
    /// When something expires that waits for somebody. For most it's later than in life: so a day after the crowd's last act, when the tests begin, a
    /// few have expired, and the others still make the table large.
    /// </summary>
    private DateTimeOffset Expiry(DateTimeOffset at) => at + (Share(0, 1) * TimeSpan.FromDays(30));

    private double Share(double from, double to) => from + (_random.NextDouble() * (to - from));

    /// <summary>Ends a session in one of the usual ways, at its latest activity.</summary>
    private void End(SessionRow row, List<SessionRow> soFar)
    {
        row.EndedAt = row.LastActivityAt;
        row.EndReason = _random.Next(100) switch
        {
            < 45 => EndReason.SignedOut,
            < 75 => EndReason.Expired,
            < 85 => EndReason.Replaced,
            < 91 => EndReason.Terminated,
            < 96 => EndReason.SignedOutEverywhere,
            < 99 => EndReason.PasswordChanged,
            _ => EndReason.RemoteLogout,
        };
        if (row.EndReason == EndReason.Expired)
        {
            row.ExpiresAt = row.EndedAt.Value;
            row.LastActivityAt = row.StartedAt + ((row.EndedAt.Value - row.StartedAt) / 2);
            return;
        }

        row.EndedByUserId = row.UserId;
        row.EndedBySessionId = row.EndReason == EndReason.SignedOut ? row.Id : soFar[_random.Next(soFar.Count)].Id;
    }

    private List<AuditEventRow> EventsOf(List<SessionRow> rows, DateTimeOffset at)
    {
        List<AuditEventRow> events = rows.Count == 0 ? [] : [.. DemoHistory.EventsOf(rows)];
        foreach (var old in events.Where(old => old.Details!.WholeAddressSince <= at - retention.Addresses))
            old.Details!.ShortenAddress();
        return events;
    }

    /// <summary>The support codes of live sessions. A few expire within a day.</summary>
    private IEnumerable<SupportCodeRow> CodesOf(IEnumerable<SessionRow> rows, DateTimeOffset at) => rows
        .Where(row => row.EndedAt is null)
        .Select(row => new SupportCodeRow
        {
            Code = NewCode(),
            UserId = row.UserId,
            SessionId = row.Id,
            CreatedAt = at,
            ExpiresAt = at + (Share(0, 1) * lifetimes.IdleTimeout),
        });

    /// <summary>A wrong password shortly before each sign-in that is recent enough.</summary>
    private IEnumerable<RefusedAttemptRow> AttemptsOf(IEnumerable<SessionRow> rows, DateTimeOffset at)
    {
        foreach (var row in rows.Where(row => row.StartedAt > at - retention.RefusedAttempts))
        {
            var attempt = new RefusedAttemptRow
            {
                Id = Guid.CreateVersion7(row.StartedAt),
                UserId = row.UserId,
                Kind = RefusedAttemptKind.SignIn,
                Reason = RefusedAttemptReason.WrongPassword,
            };
            attempt.Add(row.StartedAt - TimeSpan.FromSeconds(20), 1 + _random.Next(3), row.SignInAddress, null, row.UserAgent, row.ClientHints);
            yield return attempt;
        }
    }

    /// <summary>A second step that somebody left in the browser.</summary>
    private PendingSignInRow StepOf(SessionRow row, DateTimeOffset at) => new()
    {
        TokenHash = RandomNumberGenerator.GetBytes(32),
        UserId = row.UserId,
        BrowserHash = row.BrowserHash!,
        Stamp = "",
        Epoch = 0,
        Methods = SignInMethods.Password,
        Remember = false,
        ProviderIssuer = Issuer,
        ProviderSubject = row.UserId.ToString(),
        ProviderSid = row.Id.ToString(),
        ExpiresAt = Expiry(at),
    };

    /// <summary>A browser that needs no code.</summary>
    private TrustedBrowserRow TrustOf(SessionRow row, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(row.StartedAt),
        UserId = row.UserId,
        TokenHash = RandomNumberGenerator.GetBytes(32),
        BrowserHash = row.BrowserHash!,
        Epoch = 0,
        TrustedAt = row.StartedAt,
        ExpiresAt = Expiry(at),
    };

    /// <summary>The question for a passkey of a sign-in page that was left.</summary>
    private PasskeyCeremonyRow QuestionTo(SessionRow row, DateTimeOffset at) => new()
    {
        IdHash = RandomNumberGenerator.GetBytes(32),
        Purpose = PasskeyPurpose.SignIn,
        BrowserHash = row.BrowserHash,
        State = "",
        ExpiresAt = Expiry(at),
    };

    /// <summary>A sign-in link that nobody opened.</summary>
    private EmailLinkRow LinkTo(SessionRow row, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at),
        Purpose = EmailLinkPurpose.SignIn,
        UserId = row.UserId,
        TokenHash = RandomNumberGenerator.GetBytes(32),
        Stamp = "",
        BrowserHash = row.BrowserHash!,
        UserAgent = row.UserAgent,
        Address = row.SignInAddress,
        AskedAt = at,
        ExpiresAt = Expiry(at),
    };

    /// <summary>A notice of the last days that was sent. A few still wait, and a few are removed within a day.</summary>
    private OutboxRow EmailTo(SessionRow row, DateTimeOffset at)
    {
        var sent = at - (Math.Pow(Share(0, 1), 4) * retention.Emails);
        var waits = _random.Next(100) == 0;
        return new OutboxRow
        {
            Id = Guid.CreateVersion7(sent),
            Kind = MailKind.NewSignIn,
            UserId = row.UserId,
            EventId = Guid.NewGuid(),
            MadeAt = sent,
            DueAt = waits ? at + TimeSpan.FromDays(2) : sent,
            FinishedAt = waits ? null : sent,
            End = waits ? null : MailEnd.Sent,
            RecipientHash = waits ? null : RandomNumberGenerator.GetBytes(32),
        };
    }

    /// <summary>The account at a provider with which a user signs in, too.</summary>
    private static LinkedAccountRow LinkOf(User user) => new()
    {
        Id = Guid.CreateVersion7(user.Since!.Value),
        UserId = user.Id,
        Provider = "google",
        Issuer = Issuer,
        Subject = user.Id.ToString(),
        LinkedAt = user.Since.Value,
    };

    /// <summary>The provider's session that a session began with.</summary>
    private static ProviderSessionRow ThereOf(SessionRow row) => new()
    {
        SessionId = row.Id,
        Issuer = Issuer,
        Subject = row.UserId.ToString(),
        Sid = row.Id.ToString(),
    };

    /// <summary>A way to a provider from which the browser didn't come back.</summary>
    private ProviderRequestRow RequestOf(SessionRow row, DateTimeOffset at) => new()
    {
        TokenHash = RandomNumberGenerator.GetBytes(32),
        Purpose = ProviderPurpose.SignIn,
        Provider = "google",
        BrowserHash = row.BrowserHash!,
        Epoch = 0,
        AskedAt = at,
        ExpiresAt = Expiry(at),
    };

    /// <summary>A logout token that was obeyed.</summary>
    private LogoutTokenRow TokenAt(DateTimeOffset at) => new()
    {
        TokenHash = RandomNumberGenerator.GetBytes(32),
        SidHash = RandomNumberGenerator.GetBytes(32),
        SubjectHash = RandomNumberGenerator.GetBytes(32),
        ReceivedAt = at,
        ExpiresAt = Expiry(at),
    };

    private string NewCode()
    {
        while (true)
        {
            if (SupportCode.NewCode() is var code && _codes.Add(code))
                return code;
        }
    }
}
