using System.Threading.RateLimiting;

namespace Accounts.Core.SignIn;

/// <summary>The kind of attempt.</summary>
/// <remarks>Each kind has its own count per account, so asking for links doesn't use up sign-ins. All kinds share an address's count.</remarks>
internal enum Attempt
{
    /// <summary>Entering a password: to sign in or to change it.</summary>
    Password,

    /// <summary>Entering a second factor's code.</summary>
    Code,

    /// <summary>Requesting or following a sign-in link.</summary>
    Link,

    /// <summary>Requesting or following a password reset.</summary>
    Reset,
}

/// <summary>Limits attempts per account and per address. A stranger's attempts never use up those of a known browser.</summary>
/// <remarks>Counts are in memory; a restart clears them. The limiter drops a partition that is idle for a window.</remarks>
internal sealed class SignInThrottle(SignInOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _accounts = Limiter(options.AttemptsPerAccount, options.AttemptWindow);
    private readonly PartitionedRateLimiter<string> _addresses = Limiter(options.AttemptsPerAddress, options.AttemptWindow);

    /// <summary>Counts an attempt by a browser that the account doesn't know.</summary>
    /// <returns>Null if the attempt is allowed; otherwise how long to wait.</returns>
    public TimeSpan? TryStranger(string account, string address, Attempt attempt = Attempt.Password) =>
        TryAddress(address) ?? Try(_accounts, $"{attempt} {account}");

    /// <summary>Counts an attempt from an address, for any account.</summary>
    /// <returns>Null if the attempt is allowed; otherwise how long to wait.</returns>
    public TimeSpan? TryAddress(string address) => Try(_addresses, ClientNetwork.Of(address));

    /// <summary>Counts an attempt by a browser that has had a session of the account.</summary>
    /// <returns>Null if the attempt is allowed; otherwise how long to wait.</returns>
    public TimeSpan? TryKnown(string account, byte[] browserHash, Attempt attempt = Attempt.Password) =>
        Try(_accounts, $"{attempt} {account} {Convert.ToHexString(browserHash)}");

    public void Dispose()
    {
        _accounts.Dispose();
        _addresses.Dispose();
    }

    private TimeSpan? Try(PartitionedRateLimiter<string> limiter, string partition)
    {
        using var lease = limiter.AttemptAcquire(partition);
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : options.AttemptWindow;
    }

    private static PartitionedRateLimiter<string> Limiter(int attempts, TimeSpan window) =>
        PartitionedRateLimiter.Create<string, string>(
            key => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = attempts, Window = window, QueueLimit = 0,
            }),
            StringComparer.Ordinal);
}
