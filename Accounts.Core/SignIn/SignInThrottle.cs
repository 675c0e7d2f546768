using System.Threading.RateLimiting;

namespace Accounts.Core.SignIn;

/// <summary>What is attempted. Each has counts of its own for an account, so that asking for links does not use up the sign-ins; the count of an address is one.</summary>
internal enum Attempt
{
    /// <summary>A password that is given: signing in, and changing it.</summary>
    Password,

    /// <summary>A second factor's code.</summary>
    Code,

    /// <summary>A sign-in link, asked for or followed.</summary>
    Link,

    /// <summary>The reset of a forgotten password, asked for or followed.</summary>
    Reset,
}

/// <summary>Lets a bounded number of attempts through, per account and per address; what a stranger does never uses up what a known browser has.</summary>
/// <remarks>Kept in memory: a restart forgets it. A partition that is idle for a window is dropped by the limiter itself.</remarks>
internal sealed class SignInThrottle(SignInOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _accounts = Limiter(options.AttemptsPerAccount, options.AttemptWindow);
    private readonly PartitionedRateLimiter<string> _addresses = Limiter(options.AttemptsPerAddress, options.AttemptWindow);

    /// <summary>Counts an attempt by a browser that the account does not know. Null if it may go on; otherwise how long to wait.</summary>
    public TimeSpan? TryStranger(string account, string address, Attempt attempt = Attempt.Password) => TryAddress(address) ?? Try(_accounts, $"{attempt} {account}");

    /// <summary>Counts an attempt from an address, whatever the account.</summary>
    public TimeSpan? TryAddress(string address) => Try(_addresses, ClientNetwork.Of(address));

    /// <summary>Counts an attempt by a browser that the account has been signed in from before.</summary>
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
            key => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions { PermitLimit = attempts, Window = window, QueueLimit = 0 }),
            StringComparer.Ordinal);
}
