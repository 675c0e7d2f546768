using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Accounts.Core.Users;
using Microsoft.Extensions.Logging;

namespace Accounts.Core.SignIn;

/// <summary>Where the password forms of people who aren't signed in wait before the server does anything for them.</summary>
/// <remarks>
/// <see cref="PasswordHashing"/> bounds the hashes, but a page that says "busy" takes a few milliseconds of processor itself, and a few hundred of
/// them at once hold up everybody else. So only as many forms are worked on as may wait for a hash. The others wait here, where they take no
/// processor, and are refused after <see cref="Patience"/>. One network gets a few places only, so a flood from one address holds up nobody else.
/// Browsers that bring our cookie have a line of their own; who makes one up waits with them, so it is a courtesy and no protection.
/// </remarks>
public sealed partial class SignInQueue : IDisposable
{
    /// <summary>How long a form waits before it is refused.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Forms that may wait in one line, and forms of one network that may wait for one of its places: these are in no line yet and take nobody's
    /// place there. One more is refused at once.
    /// </summary>
    internal const int Most = 500;

    /// <summary>Places of one network for each hash that runs at the same time: one form is hashed while the next one is prepared.</summary>
    private const int PerNetwork = 2;

    private readonly PartitionedRateLimiter<string> _networks;
    private readonly ConcurrencyLimiter _returning;
    private readonly ConcurrencyLimiter _newcomers;
    private readonly Counter<long> _refused;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _waiting;
    private long _refusedInARow;

    internal SignInQueue(PasswordHashingOptions options, IMeterFactory meters, TimeProvider time, ILogger<SignInQueue> logger)
    {
        _time = time;
        _logger = logger;
        // Together as many as the strangers have places for a hash; no network has all of a line.
        var places = Math.Max(1, options.Threads * (1 + options.WaitingPerHash) / 2);
        var ofNetwork = Math.Max(1, Math.Min(PerNetwork * options.Threads, places / 2));
        _networks = PartitionedRateLimiter.Create<string, string>(
            network => RateLimitPartition.GetConcurrencyLimiter(network, _ => Limit(ofNetwork)), StringComparer.Ordinal);
        _returning = new ConcurrencyLimiter(Limit(places));
        _newcomers = new ConcurrencyLimiter(Limit(places));

        var meter = meters.Create(PasswordHashing.MeterName);
        meter.CreateObservableUpDownCounter(
            "accounts.sign_in.waiting", () => Volatile.Read(ref _waiting), "{form}", "Password forms that wait before anything is done for them.");
        _refused = meter.CreateCounter<long>("accounts.sign_in.refused", "{form}", "Password forms that were refused because too many waited.");
    }

    /// <summary>Waits for the right to be worked on.</summary>
    /// <param name="address">Where the form comes from.</param>
    /// <param name="returning">Whether the browser brought a cookie of ours.</param>
    /// <param name="cancellationToken">When the client has gone.</param>
    /// <returns>
    /// The right, to be given back by disposing it, more than once if need be; null if the form is refused. It may come again after <see
    /// cref="Patience"/>: who waits now has gone by then.
    /// </returns>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public async Task<IDisposable?> EnterAsync(string address, bool returning, CancellationToken cancellationToken)
    {
        try
        {
            Interlocked.Increment(ref _waiting);
            var place = await WaitAsync(ClientNetwork.Of(address), returning ? _returning : _newcomers, cancellationToken);
            if (place is null)
            {
                _refused.Add(1);
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

            // Who leaves wakes the next one on their own thread, ahead of everything that the other requests have queued: a chain of quick forms
            // would keep the thread for itself.
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
        [LoggerMessage(1, LogLevel.Warning, "Too many people tried to sign in at once: forms were refused")]
        public static partial void Full(ILogger logger);

        [LoggerMessage(2, LogLevel.Warning, "Nobody waits to sign in any more; {Count} forms had been refused")]
        public static partial void Empty(ILogger logger, long count);
    }
}
