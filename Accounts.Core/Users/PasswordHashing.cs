using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.Users;

/// <summary>Whose password is hashed first.</summary>
internal enum HashPriority
{
    /// <summary>Somebody who is signed in, or a browser that the account knows. They go before strangers, three times of four.</summary>
    Known,

    /// <summary>Anybody else.</summary>
    Stranger,
}

/// <summary>
/// Hashes passwords on a few threads of its own, with a bound on how many requests may wait. While the server runs, every password is hashed here.
/// </summary>
/// <remarks>
/// A hash takes tens of milliseconds of a core, and anybody may ask for one. On the thread pool a few dozen of them hold up every other request for
/// seconds. Here they never occupy the pool and leave cores free. A request first takes a <see cref="HashPlace"/>, or is refused at once; the two
/// priorities have places apart, so strangers can't use up those of the people who are known. The threads run until <see cref="Dispose"/>, and to the
/// end of what they hash then.
/// </remarks>
internal sealed partial class PasswordHashing : IDisposable
{
    /// <summary>The name of the meter, and what the names of its instruments begin with.</summary>
    internal const string MeterName = "Accounts";

    /// <summary>Every so many hashes a stranger goes first: somebody with many sessions must not keep all others from signing in.</summary>
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
    private long _meanTicks = FirstGuess.Ticks;
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

        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter(
            "accounts.password_hashing.waiting", () => new[] { _known.Waiting, _strangers.Waiting }, "{hash}", "Hashes that wait for a thread.");
        _completed = meter.CreateCounter<long>("accounts.password_hashing.completed", "{hash}", "Hashes that are done.");
        _refused = meter.CreateCounter<long>(
            "accounts.password_hashing.refused", "{request}", "Requests that were refused because too many hashes waited.");

        for (var number = 1; number <= _threads; number++)
            new Thread(Work) { IsBackground = true, Name = $"Password hashing {number}" }.Start();
    }

    /// <summary>Takes a place for a request that is going to hash.</summary>
    /// <param name="priority">Who asks.</param>
    /// <param name="wait">If there is no place: how long the hashes that are ahead will take.</param>
    /// <returns>The place, to be given back by disposing it; null if none is free, and then nothing may be hashed.</returns>
    public HashPlace? TryEnter(HashPriority priority, out TimeSpan wait)
    {
        var line = priority is HashPriority.Known ? _known : _strangers;
        var lease = line.Places.AttemptAcquire();
        if (lease.IsAcquired)
        {
            wait = default;
            return new HashPlace(this, line, lease);
        }

        lease.Dispose();
        _refused.Add(1, line.Tag);
        if (Interlocked.Increment(ref _refusedInARow) == 1)
            Log.Full(_logger);
        var ahead = priority is HashPriority.Known ? _known.Taken : _known.Taken + _strangers.Taken;
        wait = ahead * TimeSpan.FromTicks(Interlocked.Read(ref _meanTicks)) / _threads;
        return null;
    }

    public void Dispose()
    {
        // A hash that is under way comes to its end.
        _stopping = true;
        _jobs.Release(_threads);
        CancelWaiting();
        _known.Dispose();
        _strangers.Dispose();
    }

    internal Task<bool> VerifyAsync(Line line, User? user, string password, CancellationToken cancellationToken) => RunAsync(
        line, () => Verify(user ?? _nobody.Value, password) && user is not null, cancellationToken);

    internal Task<string> HashAsync(Line line, User user, string password, CancellationToken cancellationToken) =>
        RunAsync(line, () => _hasher.HashPassword(user, password), cancellationToken);

    private bool Verify(User user, string password) =>
        _hasher.VerifyHashedPassword(user, user.PasswordHash!, password) != PasswordVerificationResult.Failed;

    private Task<T> RunAsync<T>(Line line, Func<T> hash, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        line.Jobs.Enqueue(() =>
        {
            if (_stopping || cancellationToken.IsCancellationRequested)
            {
                result.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                var hashed = Measure(hash);
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
        // Made before anybody asks, or the first sign-in to an account that doesn't exist would take twice the time.
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

    /// <summary>Once this stops, no thread comes for what waits: nobody is to wait for ever.</summary>
    private void CancelWaiting()
    {
        while (TryTake(out var job))
            job();
    }

    private User MakeNobody()
    {
        var nobody = new User { DisplayName = "" };
        nobody.PasswordHash = Measure(() => _hasher.HashPassword(nobody, "the password of an account that doesn't exist"));
        return nobody;
    }

    private bool TryTake([MaybeNullWhen(false)] out Action job)
    {
        var (first, second) = Interlocked.Increment(ref _turns) % StrangersTurn == 0 ? (_strangers, _known) : (_known, _strangers);
        return first.Jobs.TryDequeue(out job) || second.Jobs.TryDequeue(out job);
    }

    /// <summary>Hashes, and remembers how long that takes as a moving average. Of two threads that finish at once, one may not count.</summary>
    private T Measure<T>(Func<T> hash)
    {
        var begun = _time.GetTimestamp();
        var result = hash();
        Interlocked.Exchange(ref _meanTicks, ((7 * Interlocked.Read(ref _meanTicks)) + _time.GetElapsedTime(begun).Ticks) / 8);
        return result;
    }

    /// <summary>Those of one priority: who has a place, and what waits for a thread.</summary>
    internal sealed class Line(string name, int places) : IDisposable
    {
        public ConcurrencyLimiter Places { get; } = new(new ConcurrencyLimiterOptions { PermitLimit = places, QueueLimit = 0 });

        public ConcurrentQueue<Action> Jobs { get; } = new();

        public KeyValuePair<string, object?> Tag { get; } = new("accounts.password_hashing.priority", name);

        public Measurement<int> Waiting => new(Jobs.Count, Tag);

        public int Taken => places - (int)Places.GetStatistics()!.CurrentAvailablePermits;

        public void Dispose() => Places.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Too many passwords waited to be hashed: requests were refused")]
        public static partial void Full(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "No password waits to be hashed any more; {Count} requests had been refused")]
        public static partial void Empty(ILogger logger, long count);
    }
}

/// <summary>The right of one request to hash, one password after the other. Give it back by disposing it.</summary>
internal sealed class HashPlace(PasswordHashing hashing, PasswordHashing.Line line, RateLimitLease lease) : IDisposable
{
    /// <summary>Whether this is the account's password. For an account that doesn't exist: false, after the same time.</summary>
    /// <exception cref="OperationCanceledException">The request was cancelled while it waited.</exception>
    public Task<bool> VerifyAsync(User? user, string password, CancellationToken cancellationToken) =>
        hashing.VerifyAsync(line, user, password, cancellationToken);

    /// <summary>The hash of a password that is to be the account's.</summary>
    /// <exception cref="OperationCanceledException">The request was cancelled while it waited.</exception>
    public Task<string> HashAsync(User user, string password, CancellationToken cancellationToken) =>
        hashing.HashAsync(line, user, password, cancellationToken);

    public void Dispose() => lease.Dispose();
}
