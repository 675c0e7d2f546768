using System.Globalization;
using Accounts.Core.Callers;
using Accounts.Core.Geolocation;
using Accounts.Core.Live;
using Accounts.Core.Mail;
using Accounts.Core.Sessions;
using Accounts.Core.Settings;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Core.Support;
using Accounts.Core.Users;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Accounts.Core.Administration;

/// <summary>Tells administrators how the installation is doing. It's about nobody, so the audit log doesn't record it.</summary>
public sealed class SystemReader
{
    /// <summary>How far back endings count: 1 day.</summary>
    internal static readonly TimeSpan EndingsOf = TimeSpan.FromDays(1);

    /// <summary>How long it still says that requests were refused: 1 hour.</summary>
    internal static readonly TimeSpan RefusalsOf = TimeSpan.FromHours(1);

    // One walk through the index, whatever the number of reasons. A GROUP BY would sort the rows on SQLite.
    private static readonly string CountEndings =
        $"""
         SELECT {string.Join(" || ',' || ", Enum.GetValues<EndReason>().Select(reason => $"count(*) FILTER (WHERE \"EndReason\" = {(int)reason})"))}
         FROM "Sessions" WHERE "EndedAt" >
         """ + " {0}";

    private readonly AccountsDatabase _database;
    private readonly DatabaseEngine _engine;
    private readonly PlaceFinder _places;
    private readonly SessionDepartures _departures;
    private readonly PasswordHashing _hashing;
    private readonly SignInQueue _queue;
    private readonly Outbox _outbox;
    private readonly MailHealth _mail;
    private readonly StartTime _start;
    private readonly IOptions<KeyManagementOptions> _keys;
    private readonly TwoFactorOptions _twoFactor;
    private readonly TimeProvider _time;

    internal SystemReader(AccountsDatabase database, DatabaseEngine engine, PlaceFinder places, SessionDepartures departures, PasswordHashing hashing,
        SignInQueue queue, Outbox outbox, MailHealth mail, StartTime start, IOptions<KeyManagementOptions> keys, TwoFactorOptions twoFactor,
        TimeProvider time)
    {
        _twoFactor = twoFactor;
        _database = database;
        _engine = engine;
        _places = places;
        _departures = departures;
        _hashing = hashing;
        _queue = queue;
        _outbox = outbox;
        _mail = mail;
        _start = start;
        _keys = keys;
        _time = time;
    }

    /// <summary>Reads how the installation is doing.</summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null if the caller's own session had ended.</returns>
    /// <exception cref="CallerRefusedException">The caller isn't an administrator in a browser; nothing was read.</exception>
    /// <exception cref="DatabaseUnavailableException">The database did not answer.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task<SystemState?> ReadAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        Need.LookAtAdministration.Check(caller);
        var now = _time.GetUtcNow();
        return await _database.ReadAsync(async db => await db.MayReadAsync(caller, Need.LookAtAdministration, _twoFactor, now, cancellationToken)
            ? await ReadAsync(db, now, cancellationToken)
            : null);
    }

    private async Task<SystemState> ReadAsync(AccountsDbContext db, DateTimeOffset now, CancellationToken cancellationToken) => new()
    {
        At = now,
        StartedAt = _start.At,
        LiveSessions = await SessionCounts.Live(db, now).CountAsync(cancellationToken),
        Endings = await CountEndingsAsync(db, now - EndingsOf, cancellationToken),
        Push = _departures.RecentlyTold,
        Database = await MeasureAsync(db, cancellationToken),
        Places = _places.Source,
        HashesWaiting = _hashing.Waiting,
        HashingRefusedAt = Recent(_hashing.RefusedAt, now),
        FormsWaiting = _queue.Waiting,
        FormsRefusedAt = Recent(_queue.RefusedAt, now),
        Mail = _outbox.IsOn ? await CountMailAsync(db, now, cancellationToken) : null,
        ClockLag = SessionClock.FindLag(await SessionClock.Newest(db).FirstOrDefaultAsync(cancellationToken), now),
        ClockBack = (_time as SteadyTime)?.Back,
        KeysAreEncrypted = _keys.Value.XmlEncryptor is not null,
    };

    private async Task<DatabaseFacts> MeasureAsync(AccountsDbContext db, CancellationToken cancellationToken)
    {
        var facts = await _engine.MeasureAsync(db, cancellationToken);
        List<string> applied = [.. (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Order(StringComparer.Ordinal)];
        return facts with { Applied = applied, Pending = [.. db.Database.GetMigrations().Except(applied, StringComparer.Ordinal)] };
    }

    private async Task<MailState> CountMailAsync(AccountsDbContext db, DateTimeOffset now, CancellationToken cancellationToken) => new(
        await MailDelivery.Waiting(db).CountAsync(cancellationToken),
        await MailDelivery.Waiting(db).MinAsync(o => (DateTimeOffset?)o.MadeAt, cancellationToken),
        await MailDelivery.Failed(db, now - EndingsOf).CountAsync(cancellationToken),
        _mail.Problem);

    private static async Task<IReadOnlyDictionary<EndReason, int>> CountEndingsAsync(
        AccountsDbContext db, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var counts = await db.Database.SqlQueryRaw<string>(CountEndings, Microseconds.FromTime(since)).ToListAsync(cancellationToken);
        return Enum.GetValues<EndReason>()
            .Zip(counts[0].Split(','), (reason, count) => KeyValuePair.Create(reason, int.Parse(count, CultureInfo.InvariantCulture)))
            .Where(one => one.Value > 0)
            .ToDictionary();
    }

    private static DateTimeOffset? Recent(DateTimeOffset? at, DateTimeOffset now) => now - at < RefusalsOf ? at : null;
}
