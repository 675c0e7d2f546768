using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Accounts.Core.Settings;
using Accounts.Core.Users;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>Queues the password forms of users who aren't signed in, before the server does any work for them.</summary>
/// <remarks>
/// The server limits the hashes, but even a "busy" page takes a few milliseconds of CPU. A few hundred at once would delay all
/// other requests. So the server works on only as many forms as may wait for a hash. The other forms wait here without using CPU, and are refused
/// after <see cref="Patience"/>. One network gets only a few places, so a flood from one address delays nobody else. Browsers with our cookie have
/// their own line. A client can make up the cookie and join that line, so it is a courtesy and no protection.
/// </remarks>
public sealed partial class SignInQueue : IDisposable
{
    /// <summary>How long a form waits before it is refused.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Forms that may wait in one line, and forms of one network that may wait for one of its places. The latter are in no line yet. One more form
    /// is refused at once.
    /// </summary>
    internal const int Most = 500;

    /// <summary>Places of one network per concurrent hash: while one form is hashed, the next one is prepared.</summary>
    private const int PerNetwork = 2;

    private readonly PartitionedRateLimiter<string> _networks;
    private readonly ConcurrencyLimiter _returning;
    private readonly ConcurrencyLimiter _newcomers;
    private readonly Counter<long> _refused;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LatestTime _refusedAt = new();
    private int _waiting;
    private long _refusedInARow;

    internal SignInQueue(PasswordHashingOptions options, IMeterFactory meters, TimeProvider time, ILogger<SignInQueue> logger)
    {
        _time = time;
        _logger = logger;
        // Both lines together have as many places as strangers have for a hash. No network can fill a line.
        var places = Math.Max(1, options.Threads * (1 + options.WaitingPerHash) / 2);
        var ofNetwork = Math.Max(1, Math.Min(PerNetwork * options.Threads, places / 2));
        _networks = PartitionedRateLimiter.Create<string, string>(
            network => RateLimitPartition.GetConcurrencyLimiter(network, _ => Limit(ofNetwork)), StringComparer.Ordinal);
        _returning = new ConcurrencyLimiter(Limit(places));
        _newcomers = new ConcurrencyLimiter(Limit(places));

        var meter = meters.Create(AccountsMeter.Name);
        meter.CreateObservableUpDownCounter(
            "accounts.sign_in.waiting", () => Waiting, "{form}", "Password forms in the queue.");
        _refused = meter.CreateCounter<long>("accounts.sign_in.refused", "{form}", "Password forms that the queue refused because too many waited.")
            .FromZero();
    }

    /// <summary>How many forms wait.</summary>
    internal int Waiting => Volatile.Read(ref _waiting);

    /// <summary>When it last refused a form; null if it never did.</summary>
    internal DateTimeOffset? RefusedAt => _refusedAt.Value;

    /// <summary>Waits for a place.</summary>
    /// <param name="address">The IP address that sent the form.</param>
    /// <param name="returning">Whether the browser sent one of our cookies.</param>
    /// <param name="cancellationToken">Canceled when the client disconnects.</param>
    /// <returns>
    /// The place. Dispose it when the form is done; disposing twice is safe. Null if the form is refused. The client may retry after <see
    /// cref="Patience"/>, when all forms that wait now have left.
    /// </returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public async Task<IDisposable?> EnterAsync(string address, bool returning, CancellationToken cancellationToken = default)
    {
        try
        {
            Interlocked.Increment(ref _waiting);
            var place = await WaitAsync(ClientNetwork.Of(address), returning ? _returning : _newcomers, cancellationToken);
            if (place is null)
            {
                _refused.Add(1);
                _refusedAt.Note(_time.GetUtcNow());
                if (Interlocked.Increment(ref _refusedInARow) == 1)
                    Log.Full(_logger);
            }

            return place;
        }
        finally
        {
            if (Interlocked.Decrement(ref _waiting) == 0 && Interlocked.Exchange(ref _refusedInARow, 0) is > 0 and var refused)
                Log.Empty(_logger, refused);
        }
    }

    /// <summary>Refuses the forms that wait.</summary>
    public void Dispose()
    {
        _networks.Dispose();
        _returning.Dispose();
        _newcomers.Dispose();
    }

    private async Task<Place?> WaitAsync(string network, ConcurrencyLimiter line, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        RateLimitLease? ofNetwork = null;
        try
        {
            ofNetwork = await _networks.AcquireAsync(network, 1, either.Token);
            var ofLine = ofNetwork.IsAcquired ? await line.AcquireAsync(1, either.Token) : ofNetwork;
            if (!ofLine.IsAcquired)
            {
                ofNetwork.Dispose();
                return null;
            }

            // A form that leaves resumes the next one on its own thread, ahead of other queued work. Without this yield, a chain of quick forms
            // would block that thread.
            await Task.Yield();
            return new Place(ofNetwork, ofLine);
        }
        catch (OperationCanceledException)
        {
            ofNetwork?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static ConcurrencyLimiterOptions Limit(int places) => new() { PermitLimit = places, QueueLimit = Most };

    private sealed class Place(RateLimitLease network, RateLimitLease line) : IDisposable
    {
        public void Dispose()
        {
            line.Dispose();
            network.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The sign-in queue started to refuse forms: too many were waiting")]
        public static partial void Full(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "The sign-in queue was empty again; it had refused {Count} forms")]
        public static partial void Empty(ILogger logger, long count);
    }
}
