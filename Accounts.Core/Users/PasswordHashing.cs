using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Accounts.Core.Settings;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Users;

/// <summary>The order in which passwords are hashed.</summary>
internal enum HashPriority
{
    /// <summary>A signed-in user, or a browser that the account knows. They go before strangers three times out of four.</summary>
    Known,

    /// <summary>Everyone else.</summary>
    Stranger,
}

/// <summary>What checking a password found.</summary>
internal enum PasswordCheck
{
    Wrong,

    Right,

    /// <summary>
    /// It is the password, and a new hash would be better: it would cost an attacker more, or accept the password however a keyboard writes it.
    /// </summary>
    RightButWeak,
}

/// <summary>
/// Hashes passwords on a few dedicated threads and limits how many requests may wait. While the server runs, it hashes every password here.
/// </summary>
/// <remarks>
/// A hash takes tens of milliseconds of a core, and anyone can request one. On the thread pool, a few dozen hashes would delay all other requests
/// for seconds. Dedicated threads leave the pool and some cores free. A request first takes a <see cref="HashPlace"/> or is refused at once. Each
/// priority has its own places, so strangers can't use up those of known users. The threads run until <see cref="Dispose"/>; a hash that is
/// running then still completes.
/// </remarks>
internal sealed partial class PasswordHashing : IDisposable
{
    /// <summary>Every fourth hash, a stranger goes first. So a user with many sessions can't keep others from signing in.</summary>
    private const int StrangersTurn = 4;

    private static readonly TimeSpan FirstGuess = TimeSpan.FromMilliseconds(100);

    private readonly IPasswordHasher<User> _hasher;
    private readonly Lazy<User> _nobody;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Line _known;
    private readonly Line _strangers;
    private readonly SemaphoreSlim _jobs = new(0);
    private readonly int _threads;
    private readonly Counter<long> _completed;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _waitTime;
    private readonly Histogram<double> _duration;
    private long _meanTicks = FirstGuess.Ticks;
    private readonly LatestTime _refusedAt = new();
    private long _refusedInARow;
    private uint _turns;
    private volatile bool _stopping;

    public PasswordHashing(
        PasswordHashingOptions options, IPasswordHasher<User> hasher, IMeterFactory meters, TimeProvider time, ILogger<PasswordHashing> logger)
    {
        _threads = options.Threads;
        _hasher = hasher;
        _nobody = new Lazy<User>(MakeNobody);
        _time = time;
        _logger = logger;
        _known = new Line("known", _threads * (1 + options.WaitingPerHash));
        _strangers = new Line("stranger", _threads * (1 + options.WaitingPerHash));

        var meter = meters.Create(AccountsMeter.Name);
        meter.CreateObservableUpDownCounter(
            "accounts.password_hashing.waiting", () => new[] { _known.Waiting, _strangers.Waiting }, "{hash}", "Hashes that wait for a thread.");
        _completed = meter.CreateCounter<long>("accounts.password_hashing.completed", "{hash}", "Completed hashes.")
            .FromZero(_known.Tag, _strangers.Tag);
        _refused = meter.CreateCounter<long>(
            "accounts.password_hashing.refused", "{request}", "Requests that were refused because too many hashes waited.")
            .FromZero(_known.Tag, _strangers.Tag);
        _waitTime = meter.CreateHistogram(
            "accounts.password_hashing.wait_time", "s", "Time that a hash waited for a thread.", null, AccountsMeter.Seconds);
        _duration = meter.CreateHistogram(
            "accounts.password_hashing.duration", "s", "Time that a thread needed for a hash.", null, AccountsMeter.Seconds);

        for (var number = 1; number <= _threads; number++)
            new Thread(Work) { IsBackground = true, Name = $"Password hashing {number}" }.Start();
    }

    /// <summary>How many hashes wait for a thread.</summary>
    public int Waiting => _known.Jobs.Count + _strangers.Jobs.Count;

    /// <summary>When it last refused a request; null if it never did.</summary>
    public DateTimeOffset? RefusedAt => _refusedAt.Value;

    /// <summary>Takes a place for a request that needs to hash.</summary>
    /// <param name="priority">The request's priority.</param>
    /// <param name="wait">If there is no place: how long the waiting hashes will take.</param>
    /// <param name="password">The password to check, if it may need two hashes: then the request takes two places.</param>
    /// <returns>The place; dispose it when the request is done. Null if none is free: then refuse the request.</returns>
    public HashPlace? TryEnter(HashPriority priority, out TimeSpan wait, string? password = null)
    {
        var line = priority is HashPriority.Known ? _known : _strangers;
        var lease = line.Places.AttemptAcquire(Math.Min(line.Count, password is null ? 1 : Spellings(password).Length));
        if (lease.IsAcquired)
        {
            wait = default;
            return new HashPlace(this, line, lease);
        }

        lease.Dispose();
        _refused.Add(1, line.Tag);
        _refusedAt.Note(_time.GetUtcNow());
        if (Interlocked.Increment(ref _refusedInARow) == 1)
            Log.Full(_logger);
        var ahead = priority is HashPriority.Known ? _known.Taken : _known.Taken + _strangers.Taken;
        wait = ahead * TimeSpan.FromTicks(Interlocked.Read(ref _meanTicks)) / _threads;
        return null;
    }

    public void Dispose()
    {
        // A running hash completes.
        _stopping = true;
        _jobs.Release(_threads);
        CancelWaiting();
        _known.Dispose();
        _strangers.Dispose();
    }

    internal async Task<PasswordCheck> VerifyAsync(Line line, User? user, string password, CancellationToken cancellationToken)
    {
        var spellings = Spellings(password);
        var check = await RunAsync(line, () => Verify(user, spellings[0]), cancellationToken);
        if (check != PasswordCheck.Wrong || spellings is not [_, var typed])
            return check;
        return await RunAsync(line, () => Verify(user, typed), cancellationToken) == PasswordCheck.Wrong
            ? PasswordCheck.Wrong
            : PasswordCheck.RightButWeak;
    }

    internal Task<string> HashAsync(Line line, User user, string password, CancellationToken cancellationToken) =>
        RunAsync(line, () => _hasher.HashPassword(user, TypedText.Password(password)), cancellationToken);

    internal Task<T> DeriveAsync<T>(Line line, Func<T> derive, CancellationToken cancellationToken) => RunAsync(line, derive, cancellationToken);

    /// <summary>
    /// A password's normal form. If it was typed in another way, also as it was typed: an older version hashed it so. An account that doesn't exist
    /// costs the same.
    /// </summary>
    private static string[] Spellings(string password) =>
        // Half a surrogate pair was hashed as U+FFFD.
        TypedText.Password(password) is var normal && string.Concat(password.EnumerateRunes()) is var typed
        && string.Equals(normal, typed, StringComparison.Ordinal)
            ? [normal]
            : [normal, typed];

    private PasswordCheck Verify(User? user, string password)
    {
        // No account, or one without a password: hash all the same, so that the answer takes as long.
        var nobody = user?.PasswordHash is null;
        var checkedUser = nobody ? _nobody.Value : user!;
        return (_hasher.VerifyHashedPassword(checkedUser, checkedUser.PasswordHash!, password), nobody) switch
        {
            (PasswordVerificationResult.Failed, _) or (_, true) => PasswordCheck.Wrong,
            (PasswordVerificationResult.SuccessRehashNeeded, _) => PasswordCheck.RightButWeak,
            _ => PasswordCheck.Right,
        };
    }

    private Task<T> RunAsync<T>(Line line, Func<T> hash, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var queuedAt = _time.GetTimestamp();
        line.Jobs.Enqueue(() =>
        {
            if (_stopping || cancellationToken.IsCancellationRequested)
            {
                result.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                _waitTime.Record(_time.GetElapsedTime(queuedAt).TotalSeconds, line.Tag);
                var hashed = Measure(hash, out var duration);
                _duration.Record(duration.TotalSeconds, line.Tag);
                _completed.Add(1, line.Tag);
                result.SetResult(hashed);
            }
            catch (Exception failure)
            {
                result.SetException(failure);
            }
        });
        _jobs.Release();
        if (_stopping)
            CancelWaiting();
        return result.Task;
    }

    private void Work()
    {
        // Hash the dummy password first. Otherwise the first sign-in to an unknown account would take twice as long.
        _ = _nobody.Value;
        while (true)
        {
            _jobs.Wait();
            if (_stopping)
                return;
            if (TryTake(out var job))
                job();
            if (_known.Jobs.IsEmpty && _strangers.Jobs.IsEmpty && Interlocked.Exchange(ref _refusedInARow, 0) is > 0 and var refused)
                Log.Empty(_logger, refused);
        }
    }

    /// <summary>Cancels waiting hashes when the threads stop, so that no request waits forever.</summary>
    private void CancelWaiting()
    {
        while (TryTake(out var job))
            job();
    }

    private User MakeNobody()
    {
        var nobody = new User { DisplayName = "" };
        nobody.PasswordHash = Measure(() => _hasher.HashPassword(nobody, "the password of an account that doesn't exist"), out _);
        return nobody;
    }

    private bool TryTake([MaybeNullWhen(false)] out Action job)
    {
        var (first, second) = Interlocked.Increment(ref _turns) % StrangersTurn == 0 ? (_strangers, _known) : (_known, _strangers);
        return first.Jobs.TryDequeue(out job) || second.Jobs.TryDequeue(out job);
    }

    /// <summary>Runs a hash and updates the moving average of its duration. If two threads finish at once, one duration may be lost.</summary>
    private T Measure<T>(Func<T> hash, out TimeSpan duration)
    {
        var begun = _time.GetTimestamp();
        var result = hash();
        duration = _time.GetElapsedTime(begun);
        Interlocked.Exchange(ref _meanTicks, ((7 * Interlocked.Read(ref _meanTicks)) + duration.Ticks) / 8);
        return result;
    }

    /// <summary>The places and waiting hashes of one priority.</summary>
    internal sealed class Line(string name, int places) : IDisposable
    {
        public ConcurrencyLimiter Places { get; } = new(new ConcurrencyLimiterOptions { PermitLimit = places, QueueLimit = 0 });

        public ConcurrentQueue<Action> Jobs { get; } = new();

        public KeyValuePair<string, object?> Tag { get; } = new("accounts.password_hashing.priority", name);

        public Measurement<int> Waiting => new(Jobs.Count, Tag);

        public int Count => places;

        public int Taken => places - (int)Places.GetStatistics()!.CurrentAvailablePermits;

        public void Dispose() => Places.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Password hashing started to refuse requests: too many were waiting")]
        public static partial void Full(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "Password hashing caught up; it had refused {Count} requests")]
        public static partial void Empty(ILogger logger, long count);
    }
}

/// <summary>A request's permission to hash passwords, one after the other. Dispose it when the request is done.</summary>
internal sealed class HashPlace(PasswordHashing hashing, PasswordHashing.Line line, RateLimitLease lease) : IDisposable
{
    /// <summary>
    /// Whether this is the account's password. For an account that doesn't exist, or has no password, the answer is wrong, after the same time.
    /// </summary>
    /// <exception cref="OperationCanceledException">The request was canceled while it waited.</exception>
    public Task<PasswordCheck> VerifyAsync(User? user, string password, CancellationToken cancellationToken) =>
        hashing.VerifyAsync(line, user, password, cancellationToken);

    /// <summary>Whether a new password is the one that the account has.</summary>
    /// <exception cref="OperationCanceledException">The request was canceled while it waited.</exception>
    public async Task<bool> IsCurrentAsync(User user, string password, CancellationToken cancellationToken) =>
        user.PasswordHash is not null && await VerifyAsync(user, password, cancellationToken) != PasswordCheck.Wrong;

    /// <summary>Hashes a new password for the account.</summary>
    /// <exception cref="OperationCanceledException">The request was canceled while it waited.</exception>
    public Task<string> HashAsync(User user, string password, CancellationToken cancellationToken) =>
        hashing.HashAsync(line, user, password, cancellationToken);

    /// <summary>Runs another slow hash on the same threads.</summary>
    /// <exception cref="OperationCanceledException">The request was canceled while it waited.</exception>
    public Task<T> DeriveAsync<T>(Func<T> derive, CancellationToken cancellationToken) => hashing.DeriveAsync(line, derive, cancellationToken);

    public void Dispose() => lease.Dispose();
}
