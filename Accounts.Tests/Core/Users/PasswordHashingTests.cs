using System.Diagnostics.Metrics;
using Accounts.Core.Callers;
using Accounts.Core.SignIn;
using Accounts.Core.Users;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Core.Users;

/// <summary>
/// Only a few passwords are hashed at a time, off the thread pool. A request that finds the queue full is refused
/// at once.
/// </summary>
[OnSqlite]
public sealed class PasswordHashingTests
{
    private const string Wrong = "not the right passphrase";

    // Guard: the number of threads.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_limited_number_of_passwords_is_hashed_at_once_off_the_thread_pool(int concurrency)
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(hasher, ("PasswordHashing:Concurrency", $"{concurrency}"));
        hasher.Hold();
        var attempts = Strangers(host, 10);
        await hasher.ArrivedAsync(concurrency);
        for (var i = 0; i < 10; i++)
            hasher.Release();

        Assert.All(await Task.WhenAll(attempts), outcome => Assert.IsType<SignInOutcome.WrongCredentials>(outcome));
        Assert.Equal(concurrency, hasher.MostAtOnce);
        Assert.Equal(10, hasher.Begun.Count);
        Assert.False(hasher.WasOnThreadPool);
    }

    [Fact]
    public void By_default_half_of_the_cores_hash_passwords()
    {
        Assert.Equal(Math.Max(1, Environment.ProcessorCount / 2), new PasswordHashingOptions().Threads);
        Assert.Equal(7, new PasswordHashingOptions { Concurrency = 7 }.Threads);
    }

    // Guards: TryEnter before the throttle's count, the queue's size.
    [Fact]
    public async Task A_request_without_a_place_is_refused_unhashed_and_loses_no_attempt()
    {
        var hasher = new HeldHasher();
        var journal = new Journal();
        await using var host = CoreHost.Start(
            services: services => hasher.AddTo(services.AddLogging(logging => logging.AddProvider(journal))),
            settings: [("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "1"), ("SignIn:AttemptsPerAccount", "3")]);
        await host.RegisterAsync();
        using var meters = new Meters(host.Get<IMeterFactory>());
        hasher.Hold();
        var attempts = Strangers(host, 2, "nobody@example.test");
        await hasher.ArrivedAsync();
        Patience.Until(() => meters.Read("accounts.password_hashing.waiting stranger") == 1);

        for (var i = 0; i < 5; i++)
            Assert.IsType<SignInOutcome.Busy>(await host.TrySignInAsync(CoreHost.NewBrowser(), "nobody@example.test", Wrong));
        Assert.IsType<RegisterOutcome.Busy>(await host.Users.RegisterAsync(CoreHost.NewBrowser(), Input("grace@example.test")));
        Assert.IsType<RegistrationOutcome.Busy>(await host.Get<Registration>().RegisterAsync(CoreHost.NewBrowser(), Input("grace@example.test")));

        hasher.ReleaseAll();
        await Task.WhenAll(attempts);
        Assert.Equal(2, hasher.Begun.Count);
        Assert.Equal(1, host.Rows.Number("SELECT COUNT(*) FROM \"Users\""));
        // However many requests were refused, the log has two lines.
        Patience.Until(() => journal.Of(nameof(PasswordHashing)).Count == 2);
        Assert.Equal(
            [
                "Warning: Password hashing started to refuse requests: too many were waiting",
                "Warning: Password hashing caught up; it had refused 7 requests",
            ],
            journal.Of(nameof(PasswordHashing)));
        // Of three attempts, exactly the third is left.
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), "nobody@example.test", Wrong));
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.NewBrowser(), "nobody@example.test", Wrong));
        Assert.IsType<RegistrationOutcome.SignedIn>(await host.Get<Registration>().RegisterAsync(CoreHost.NewBrowser(), Input("grace@example.test")));
    }

    // Guard: the average in PasswordHashing.Measure.
    [Fact]
    public async Task The_wait_time_is_the_time_of_the_hashes_ahead()
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(
            hasher, ("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "4"), ("SignIn:AttemptsPerAddress", "1000"));
        hasher.Within = () => host.Clock.Advance(TimeSpan.FromSeconds(3));
        for (var i = 0; i < 80; i++)
            await host.TrySignInAsync(CoreHost.NewBrowser(), $"before{i}@example.test", Wrong);
        hasher.Within = null;

        using var meters = new Meters(host.Get<IMeterFactory>());
        hasher.Hold();
        var attempts = Strangers(host, 5);
        await hasher.ArrivedAsync();
        Patience.Until(() => meters.Read("accounts.password_hashing.waiting stranger") == 4);
        var busy = Assert.IsType<SignInOutcome.Busy>(await host.TrySignInAsync(CoreHost.NewBrowser(), "nobody@example.test", Wrong));
        hasher.ReleaseAll();
        await Task.WhenAll(attempts);

        // Five hashes of three seconds each.
        Assert.InRange(busy.Wait.TotalSeconds, 14.9, 15);
    }

    // Guards: the separate queues, and the order in PasswordHashing.TryTake.
    [Fact]
    public async Task Known_users_have_their_own_queue_and_go_first()
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(hasher, ("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "3"));
        var own = CoreHost.NewBrowser();
        var ada = await host.SignInAsync(browser: own);
        using var meters = new Meters(host.Get<IMeterFactory>());
        hasher.Hold();
        var strangers = Strangers(host, 4);
        await hasher.ArrivedAsync();
        Patience.Until(() => meters.Read("accounts.password_hashing.waiting stranger") == 3);
        Assert.IsType<SignInOutcome.Busy>(await host.TrySignInAsync(CoreHost.NewBrowser(), "nobody@example.test", Wrong));

        var proof = host.Reauthentication.ReauthenticateAsync(ada.Caller, CoreHost.Password);
        var again = host.TrySignInAsync(own, password: "my other passphrase");
        var change = host.PasswordChange.ChangeAsync(
            ada.Caller, new ChangePasswordInput { CurrentPassword = "my third passphrase", NewPassword = "my fourth passphrase" });
        var refused = await host.PasswordChange.ChangeAsync(
            ada.Caller with { SessionId = SessionId.New(TestClock.Start) },
            new ChangePasswordInput { CurrentPassword = Wrong, NewPassword = "my fifth passphrase" });
        Patience.Until(() => meters.Read("accounts.password_hashing.waiting known") == 3);
        hasher.ReleaseAll();

        Assert.IsType<ReauthenticationOutcome.Proved>(await proof);
        Assert.IsType<SignInOutcome.WrongCredentials>(await again);
        Assert.IsType<ChangePasswordOutcome.WrongPassword>(await change);
        Assert.IsType<ChangePasswordOutcome.CallerEnded>(refused);
        await Task.WhenAll(strangers);
        // One hash was already running. Of the next four, three are known users', in order of arrival.
        var known = hasher.Begun.Skip(1).Take(4).Where(password => password is not Wrong);
        Assert.Equal(CoreHost.Password + ", my other passphrase, my third passphrase", string.Join(", ", known));
    }

    // Guard: the stranger's turn in PasswordHashing.TryTake.
    [Fact]
    public async Task A_stranger_gets_a_turn_however_many_known_users_wait()
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(hasher, ("PasswordHashing:Concurrency", "1"));
        using var meters = new Meters(host.Get<IMeterFactory>());
        var ada = await host.SignInAsync();
        hasher.Hold();
        var known = Enumerable.Range(0, 9).Select(_ => host.Reauthentication.ReauthenticateAsync(ada.Caller, "one of many guesses")).ToList();
        await hasher.ArrivedAsync();
        Patience.Until(() => meters.Read("accounts.password_hashing.waiting known") == 8);
        var stranger = Strangers(host, 1);
        Patience.Until(() => meters.Read("accounts.password_hashing.waiting stranger") == 1);
        hasher.ReleaseAll();
        await Task.WhenAll(known);
        await Task.WhenAll(stranger);
        Assert.Contains(hasher.Begun.Skip(1).Take(4), password => password is Wrong);
    }

    [Fact]
    public async Task The_known_users_queue_is_limited_too_and_a_refusal_changes_nothing()
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(
            hasher, ("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "0"), ("SignIn:AttemptsPerAccount", "1"));
        var ada = await host.SignInAsync();
        var phone = await host.SignInAsync(browser: CoreHost.NewBrowser(address: "203.0.113.8"), email: await RegisterSecondUserAsync(host));
        hasher.Hold();
        var held = host.Reauthentication.ReauthenticateAsync(ada.Caller, Wrong);
        await hasher.ArrivedAsync();

        Assert.IsType<ReauthenticationOutcome.Busy>(await host.Reauthentication.ReauthenticateAsync(phone.Caller, CoreHost.Password));
        var input = new ChangePasswordInput { CurrentPassword = CoreHost.Password, NewPassword = "a brand new passphrase" };
        Assert.IsType<ChangePasswordOutcome.Busy>(await host.PasswordChange.ChangeAsync(phone.Caller, input));
        hasher.ReleaseAll();
        Assert.IsType<ReauthenticationOutcome.WrongPassword>(await held);

        // One place is enough for all of its hashes, and its only attempt is still unused.
        Assert.IsType<ChangePasswordOutcome.Changed>(await host.PasswordChange.ChangeAsync(phone.Caller, input));
    }

    // Guard: the check of the token before a hash begins.
    [Fact]
    public async Task A_disconnected_clients_password_is_not_hashed()
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(hasher, ("PasswordHashing:Concurrency", "1"));
        hasher.Hold();
        var first = Strangers(host, 1);
        await hasher.ArrivedAsync();
        using var client = new CancellationTokenSource();
        var input = new SignInInput { Email = "gone@example.test", Password = "of somebody who left" };
        var gone = host.SignIn.SignInAsync(CoreHost.NewBrowser(), input, client.Token);
        var stays = host.TrySignInAsync(CoreHost.NewBrowser(), "stays@example.test", "of somebody who stays");
        await client.CancelAsync();
        hasher.ReleaseAll();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.IsType<SignInOutcome.WrongCredentials>(await stays);
        await Task.WhenAll(first);
        Assert.Equal([Wrong, "of somebody who stays"], hasher.Begun);
    }

    [Fact]
    public async Task A_failing_hash_fails_only_its_own_request()
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(hasher, ("PasswordHashing:Concurrency", "1"));
        hasher.Within = () => throw new FormatException("The hash in the row is broken.");
        await Assert.ThrowsAsync<FormatException>(() => host.TrySignInAsync(CoreHost.NewBrowser()));
        hasher.Within = null;
        Assert.IsType<SignInOutcome.SignedIn>(await host.TrySignInAsync(CoreHost.NewBrowser()));
    }

    [Fact]
    public async Task Shutdown_cancels_waiting_requests()
    {
        var hasher = new HeldHasher();
        Task<SignInOutcome>[] attempts;
        await using (var host = await StartAsync(hasher, ("PasswordHashing:Concurrency", "1")))
        {
            hasher.Hold();
            attempts = Strangers(host, 3);
            await hasher.ArrivedAsync();
        }

        foreach (var attempt in attempts[1..])
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.WaitAsync(Patience.Limit));
        hasher.ReleaseAll();
    }

    [Theory]
    [InlineData(CoreHost.Email)]
    [InlineData("nobody@example.test")]
    public async Task An_unknown_account_costs_the_same_work(string email)
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(hasher);
        hasher.Hold();
        var attempt = host.TrySignInAsync(CoreHost.NewBrowser(), email, Wrong);
        await hasher.ArrivedAsync();
        hasher.ReleaseAll();
        await attempt;
        Assert.Equal([Wrong], hasher.Begun);
    }

    [Fact]
    public async Task Registering_takes_one_hash_whether_or_not_the_email_is_taken()
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(hasher);
        var all = new[] { ("new@example.test", typeof(RegistrationOutcome.SignedIn)), (CoreHost.Email, typeof(RegistrationOutcome.EmailTaken)) };
        foreach (var (email, expected) in all)
        {
            hasher.Hold();
            var registration = host.Get<Registration>().RegisterAsync(CoreHost.NewBrowser(), Input(email));
            await hasher.ArrivedAsync();
            hasher.ReleaseAll();
            Assert.Equal(expected, (await registration).GetType());
            Assert.Equal(["a passphrase of theirs"], hasher.Begun);
        }
    }

    [Fact]
    public async Task Meters_count_waiting_completed_and_refused_hashes_and_their_times()
    {
        var hasher = new HeldHasher();
        await using var host = await StartAsync(hasher, ("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "2"));
        using var meters = new Meters(host.Get<IMeterFactory>());
        var ada = await host.SignInAsync();
        Assert.Equal(1, meters.Read("accounts.password_hashing.completed stranger"));
        hasher.Hold();
        var strangers = Strangers(host, 3);
        await hasher.ArrivedAsync();
        var proof = host.Reauthentication.ReauthenticateAsync(ada.Caller, CoreHost.Password);
        Assert.IsType<SignInOutcome.Busy>(await host.TrySignInAsync(CoreHost.NewBrowser(), "nobody@example.test", Wrong));
        Patience.Until(() => meters.Read("accounts.password_hashing.waiting stranger") == 2);
        Patience.Until(() => meters.Read("accounts.password_hashing.waiting known") == 1);
        Assert.Equal((1, 0), (meters.Read("accounts.password_hashing.refused stranger"), meters.Read("accounts.password_hashing.refused known")));

        host.Clock.Advance(TimeSpan.FromSeconds(3));
        hasher.ReleaseAll();
        await Task.WhenAll(strangers);
        await proof;
        Assert.Equal([0, 0, 3, 3], meters.Measured("accounts.password_hashing.wait_time stranger"));
        Assert.Equal([3], meters.Measured("accounts.password_hashing.wait_time known"));
        Assert.Equal([0, 3, 0, 0], meters.Measured("accounts.password_hashing.duration stranger"));
        Assert.Equal((4, 1), (meters.Read("accounts.password_hashing.completed stranger"), meters.Read("accounts.password_hashing.completed known")));
        Assert.Equal((0, 0), (meters.Read("accounts.password_hashing.waiting stranger"), meters.Read("accounts.password_hashing.waiting known")));
    }

    private static async Task<CoreHost> StartAsync(HeldHasher hasher, params (string, string)[] settings)
    {
        var host = CoreHost.Start(services: hasher.AddTo, settings: settings);
        await host.RegisterAsync();
        return host;
    }

    private static async Task<string> RegisterSecondUserAsync(CoreHost host)
    {
        await host.RegisterAsync("grace@example.test", "Grace Hopper");
        return "grace@example.test";
    }

    private static RegisterInput Input(string email) => new() { Name = "Grace Hopper", Email = email, Password = "a passphrase of theirs" };

    /// <summary>Unknown browsers that try a wrong password, each on its own nonexistent account, or all on one.</summary>
    private static Task<SignInOutcome>[] Strangers(CoreHost host, int count, string? email = null) =>
        [.. Enumerable.Range(0, count).Select(i => host.TrySignInAsync(CoreHost.NewBrowser(), email ?? $"nobody{i}@example.test", Wrong))];
}
