using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Accounts.Core.Callers;
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

    /// <summary>Asking for a sign-in link.</summary>
    Link,

    /// <summary>Asking for a link that resets the password.</summary>
    Reset,

    /// <summary>Asking for a code by email, in a session.</summary>
    EmailedCode,

    /// <summary>Answering with a passkey.</summary>
    Passkey,
}

/// <summary>
/// Limits wrong guesses per account and per address. A stranger's guesses never use up those of a known browser, and nobody's guesses use up a known
/// browser's first few.
/// </summary>
/// <remarks>
/// An attempt counts from its beginning, so that guesses in parallel can't pass the limit. It is taken back unless it turns out wrong: a right
/// password isn't a guess, and what failed or was canceled checked nothing. A refused attempt counts nowhere. A window begins with the first attempt
/// in it. Counts are in memory; a restart clears them.
/// </remarks>
internal sealed class SignInThrottle
{
    /// <summary>
    /// Attempts of a known browser that its address's count can't refuse. Anyone at the address can fill that count with an account of their own, and
    /// the user must still be able to end the sessions of such a neighbour.
    /// </summary>
    internal const int FirstOfBrowser = 3;

    private readonly SignInOptions _options;
    private readonly TimeProvider _time;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _kept;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Window> _windows = new(StringComparer.Ordinal);
    private long _prunedAt;

    public SignInThrottle(SignInOptions options, IMeterFactory meters, TimeProvider time)
    {
        _options = options;
        _time = time;
        _prunedAt = time.GetTimestamp();
        var meter = meters.Create(AccountsMeter.Name);
        _refused = meter.CreateCounter<long>("accounts.sign_in.throttled", "{attempt}", "Attempts that were refused because too many failed before.")
            .FromZero(
                TagOf("account"), TagOf("browser"), TagOf("address"), TagOf("registration"), TagOf("passkey"), TagOf("provider"), TagOf("logout"));
        _kept = meter.CreateCounter<long>(
            "accounts.sign_in.counted", "{attempt}", "Attempts that count: wrong passwords, registrations, requests for emails, logout tokens.")
            .FromZero(TagOf("account"), TagOf("browser"), TagOf("registration"), TagOf("logout"));
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
        OfStrangers(account, kind),
        new Limit("address", $"address {ClientNetwork.Of(address)}", _options.AttemptsPerAddress));

    /// <summary>How long a stranger's attempt on an account would have to wait, from an address with no attempts. It counts nothing.</summary>
    /// <param name="account">The account: the key of its email.</param>
    /// <param name="kind">What would be attempted.</param>
    /// <returns>Null if the attempt would be let in.</returns>
    public TimeSpan? WaitOfStranger(string account, Attempt kind = Attempt.Password)
    {
        lock (_gate)
            return WaitFor(OfStrangers(account, kind), _time.GetTimestamp()) is { Ticks: > 0 } wait ? wait : null;
    }

    /// <summary>Counts an attempt by a browser that has had a session of the account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="browser">What the account knows the browser by: the hash of its id, or its session.</param>
    /// <param name="address">The browser's address.</param>
    /// <param name="wait">How long to wait, if the attempt is refused.</param>
    /// <param name="kind">What is attempted.</param>
    /// <returns>The attempt; null if it is refused.</returns>
    public CountedAttempt? TryKnown(string account, byte[] browser, string address, out TimeSpan wait, Attempt kind = Attempt.Password) => TryCount(
        out wait,
        new Limit("browser", $"{kind} {account} {Convert.ToHexString(browser)}", _options.AttemptsPerAccount),
        new Limit("address", $"known from {ClientNetwork.Of(address)}", _options.KnownAttemptsPerAddress),
        FirstOfBrowser);

    /// <summary>Counts a registration. It has a count of its own, because one that succeeds is no guess and yet must be limited.</summary>
    /// <param name="address">The browser's address.</param>
    /// <param name="wait">How long to wait, if the registration is refused.</param>
    /// <returns>The attempt; null if it is refused.</returns>
    public CountedAttempt? TryRegistration(string address, out TimeSpan wait) =>
        TryCount(out wait, new Limit("registration", $"registration {ClientNetwork.Of(address)}", _options.AttemptsPerAddress));

    /// <summary>Counts a question for a passkey to a visitor. Every sign-in page asks one, so an address has ten times as many of them.</summary>
    /// <param name="address">The browser's address.</param>
    /// <returns>How long to wait, if the question is refused; null if it is let in. Its count isn't taken back.</returns>
    public TimeSpan? CountPasskeyQuestion(string address) => CountQuestion(ClientNetwork.Of(address), 10 * _options.AttemptsPerAddress);

    /// <summary>The same for a signed-in user, whom no visitor keeps from proving who they are.</summary>
    /// <param name="session">The user's session.</param>
    /// <returns>How long to wait, if the question is refused; null if it is let in.</returns>
    public TimeSpan? CountPasskeyQuestion(SessionId session) => CountQuestion(session.ToString(), _options.AttemptsPerAddress);

    /// <summary>Counts a visitor's way to a provider. Each costs a row and is no guess.</summary>
    /// <param name="address">The browser's address.</param>
    /// <returns>How long to wait, if it is refused; null if it is let in. Its count isn't taken back.</returns>
    public TimeSpan? CountProviderRequest(string address) =>
        CountQuestion(ClientNetwork.Of(address), 10 * _options.AttemptsPerAddress, "provider");

    /// <summary>The same for a signed-in user.</summary>
    /// <param name="session">The user's session.</param>
    /// <returns>How long to wait, if it is refused; null if it is let in.</returns>
    public TimeSpan? CountProviderRequest(SessionId session) => CountQuestion(session.ToString(), _options.AttemptsPerAddress, "provider");

    /// <summary>Counts an invalid logout token.</summary>
    /// <param name="address">The sender's address.</param>
    /// <returns>How long to wait, if there were too many; otherwise null.</returns>
    public TimeSpan? CountInvalidLogout(string address)
    {
        using var attempt = TryCount(out var wait, new Limit("logout", $"logout {ClientNetwork.Of(address)}", 10 * _options.AttemptsPerAddress));
        attempt?.Keep();
        return attempt is null ? wait : null;
    }

    private TimeSpan? CountQuestion(string who, int limit, string kind = "passkey") =>
        TryCount(out var wait, new Limit(kind, $"{kind} {who}", limit)) is null ? wait : null;

    /// <param name="wait">How long to wait, if the attempt is refused.</param>
    /// <param name="own">The limit of who attempts.</param>
    /// <param name="shared">The limit that they share with others; null if there is none.</param>
    /// <param name="first">Their first attempts, which the shared limit doesn't refuse. It counts them.</param>
    private CountedAttempt? TryCount(out TimeSpan wait, Limit own, Limit? shared = null, int first = 0)
    {
        var reached = own;
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            Prune(now);
            wait = WaitFor(own, now);
            if (shared is not null && CountOf(own, now) >= first && WaitFor(shared, now) is var later && later > wait)
                (wait, reached) = (later, shared);
            if (wait == default)
            {
                var windows = Array.ConvertAll(shared is null ? [own] : new[] { own, shared }, limit => Open(limit.Key, now));
                foreach (var window in windows)
                    window.Count++;
                return new CountedAttempt(() => TakeBack(windows), () => _kept.Add(1, own.Tag));
            }
        }

        _refused.Add(1, reached.Tag);
        return null;
    }

    private Limit OfStrangers(string account, Attempt kind) => new("account", $"{kind} {account}", _options.AttemptsPerAccount);

    private static KeyValuePair<string, object?> TagOf(string limit) => new("accounts.sign_in.limit", limit);

    private TimeSpan WaitFor(Limit limit, long now) => CountOf(limit, now) >= limit.Most ? Left(_windows[limit.Key], now) : default;

    private int CountOf(Limit limit, long now) =>
        _windows.TryGetValue(limit.Key, out var window) && Left(window, now) > TimeSpan.Zero ? window.Count : 0;

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

    /// <param name="name">What it limits, for operators.</param>
    /// <param name="key">The key of its window.</param>
    /// <param name="most">How many attempts it lets in.</param>
    private sealed class Limit(string name, string key, int most)
    {
        public string Key => key;

        public int Most => most;

        public KeyValuePair<string, object?> Tag => TagOf(name);
    }
}

/// <summary>An attempt that was let in. Dispose it when the answer is known: that takes it back, unless it is kept.</summary>
internal sealed class CountedAttempt(Action takeBack, Action kept) : IDisposable
{
    private Action? _takeBack = takeBack;

    /// <summary>Keeps the attempt counted until its window ends: it was a wrong guess, or a registration.</summary>
    public void Keep()
    {
        if (Interlocked.Exchange(ref _takeBack, null) is not null)
            kept();
    }

    public void Dispose() => Interlocked.Exchange(ref _takeBack, null)?.Invoke();
}
