using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Accounts.Core.Settings;
using Accounts.Core.Users;

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

/// <summary>Limits wrong guesses per account and per address. A stranger's guesses never use up those of a known browser.</summary>
/// <remarks>
/// An attempt counts from its beginning, so that guesses in parallel can't pass the limit. It is taken back unless it turns out wrong: a right
/// password isn't a guess, and what failed or was canceled checked nothing. A refused attempt counts nowhere. A window begins with the first attempt
/// in it. Counts are in memory; a restart clears them.
/// </remarks>
internal sealed class SignInThrottle
{
    private readonly SignInOptions _options;
    private readonly TimeProvider _time;
    private readonly Counter<long> _refused;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Window> _windows = new(StringComparer.Ordinal);
    private long _prunedAt;

    public SignInThrottle(SignInOptions options, IMeterFactory meters, TimeProvider time)
    {
        _options = options;
        _time = time;
        _prunedAt = time.GetTimestamp();
        var meter = meters.Create(AccountsMeter.Name);
        _refused = meter.CreateCounter<long>("accounts.sign_in.throttled", "{attempt}", "Attempts that were refused because too many failed before.");
        meter.CreateObservableUpDownCounter(
            "accounts.sign_in.throttle_entries", CountEntries, "{entry}", "Accounts, browsers and addresses whose attempts are being counted.");
    }

    /// <summary>Counts an attempt by a browser that the account doesn't know.</summary>
    /// <param name="account">The account, existing or not.</param>
    /// <param name="address">The browser's address.</param>
    /// <param name="wait">How long to wait, if the attempt is refused.</param>
    /// <param name="kind">What is attempted.</param>
    /// <returns>The attempt; null if it is refused.</returns>
    public CountedAttempt? TryStranger(string account, string address, out TimeSpan wait, Attempt kind = Attempt.Password) => TryCount(
        out wait,
        new Limit($"address {ClientNetwork.Of(address)}", _options.AttemptsPerAddress),
        new Limit($"{kind} {account}", _options.AttemptsPerAccount));

    /// <summary>Counts an attempt by a browser that has had a session of the account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="browser">What the account knows the browser by: the hash of its id, or its session.</param>
    /// <param name="address">The browser's address.</param>
    /// <param name="wait">How long to wait, if the attempt is refused.</param>
    /// <param name="kind">What is attempted.</param>
    /// <returns>The attempt; null if it is refused.</returns>
    public CountedAttempt? TryKnown(string account, byte[] browser, string address, out TimeSpan wait, Attempt kind = Attempt.Password) => TryCount(
        out wait,
        new Limit($"known from {ClientNetwork.Of(address)}", _options.KnownAttemptsPerAddress),
        new Limit($"{kind} {account} {Convert.ToHexString(browser)}", _options.AttemptsPerAccount));

    /// <summary>Counts a registration. It has a count of its own, because one that succeeds is no guess and yet must be limited.</summary>
    /// <param name="address">The browser's address.</param>
    /// <param name="wait">How long to wait, if the registration is refused.</param>
    /// <returns>The attempt; null if it is refused.</returns>
    public CountedAttempt? TryRegistration(string address, out TimeSpan wait) =>
        TryCount(out wait, new Limit($"registration {ClientNetwork.Of(address)}", _options.AttemptsPerAddress));

    private CountedAttempt? TryCount(out TimeSpan wait, params Limit[] limits)
    {
        wait = default;
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            Prune(now);
            foreach (var limit in limits)
            {
                if (_windows.TryGetValue(limit.Key, out var window) && window.Count >= limit.Most && Left(window, now) is var left && left > wait)
                    wait = left;
            }

            if (wait == default)
            {
                var windows = Array.ConvertAll(limits, limit => Open(limit.Key, now));
                foreach (var window in windows)
                    window.Count++;
                return new CountedAttempt(() => TakeBack(windows));
            }
        }

        _refused.Add(1);
        return null;
    }

    private Window Open(string key, long now)
    {
        ref var window = ref CollectionsMarshal.GetValueRefOrAddDefault(_windows, key, out _);
        if (window is null || Left(window, now) <= TimeSpan.Zero)
            window = new Window(now);
        return window;
    }

    private TimeSpan Left(Window window, long now) => _options.AttemptWindow - _time.GetElapsedTime(window.Since, now);

    private void Prune(long now)
    {
        if (_time.GetElapsedTime(_prunedAt, now) < _options.AttemptWindow)
            return;
        _prunedAt = now;
        foreach (var (key, window) in _windows)
        {
            if (Left(window, now) <= TimeSpan.Zero)
                _windows.Remove(key);
        }
    }

    private int CountEntries()
    {
        lock (_gate)
            return _windows.Count;
    }

    private void TakeBack(Window[] windows)
    {
        lock (_gate)
        {
            foreach (var window in windows)
                window.Count--;
        }
    }

    /// <param name="since">The timestamp of its first attempt.</param>
    private sealed class Window(long since)
    {
        public long Since => since;

        public int Count { get; set; }
    }

    private sealed record Limit(string Key, int Most);
}

/// <summary>An attempt that was let in. Dispose it when the answer is known: that takes it back, unless it is kept.</summary>
internal sealed class CountedAttempt(Action takeBack) : IDisposable
{
    private Action? _takeBack = takeBack;

    /// <summary>Keeps the attempt counted until its window ends: it was a wrong guess, or a registration.</summary>
    public void Keep() => Interlocked.Exchange(ref _takeBack, null);

    public void Dispose() => Interlocked.Exchange(ref _takeBack, null)?.Invoke();
}
