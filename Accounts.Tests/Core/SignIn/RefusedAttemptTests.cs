using System.Diagnostics.Metrics;
using Accounts.Core.Administration;
using Accounts.Core.PersonalData;
using Accounts.Core.Callers;
using Accounts.Core.Live;
using Accounts.Core.Manager;
using Accounts.Core.SignIn;
using Accounts.Core.Storage;
using Accounts.Tests.Fixtures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Core.SignIn;

/// <summary>The server records what it refuses, within limits, and shows it to nobody but the account's owner.</summary>
public sealed class RefusedAttemptTests
{
    private const string Wrong = "not this passphrase";

    [EachEngineFact]
    public async Task A_wrong_password_is_recorded_by_the_next_flush()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(address: "198.51.100.9"), password: Wrong));
        Assert.Empty(await ListAsync(host, browser));

        await Attempts(host).FlushAsync();
        await Attempts(host).FlushAsync();

        var attempt = Assert.Single(await ListAsync(host, browser));
        Assert.Equal((TestClock.Start, RefusedAttemptKind.SignIn, RefusedAttemptReason.WrongPassword, 1, "198.51.100.9", "Chrome"),
            (attempt.At, attempt.Kind, attempt.Reason, attempt.Count, attempt.Address, attempt.Device.Browser));
    }

    [EachEngineFact]
    public async Task A_throttled_sign_in_is_recorded()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAccount", "1"));
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        await host.TrySignInAsync(CoreHost.NewBrowser(), password: Wrong);
        Assert.IsType<SignInOutcome.Throttled>(await host.TrySignInAsync(CoreHost.NewBrowser()));

        await Attempts(host).FlushAsync();

        Assert.Equal([RefusedAttemptReason.WrongPassword, RefusedAttemptReason.Throttled],
            (await ListAsync(host, browser)).Select(attempt => attempt.Reason).Order());
    }

    [EachEngineFact]
    public async Task A_right_password_and_an_unknown_email_leave_nothing()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var browser = await host.SignInAsync();
        Assert.IsType<SignInOutcome.WrongCredentials>(await host.TrySignInAsync(CoreHost.NewBrowser(), "nobody@example.test"));
        Assert.IsType<ReauthenticationOutcome.Proved>(await host.Reauthentication.ReauthenticateAsync(browser.Caller, CoreHost.Password));
        host.Gate.FailBegin();
        await Attempts(host).FlushAsync();
        Assert.Equal(0, Rows(host));

        // Control: a wrong password isn't like that.
        await host.TrySignInAsync(CoreHost.NewBrowser(), password: Wrong);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(Attempts(host).FlushAsync);
        await Attempts(host).FlushAsync();
        Assert.Equal(1, Rows(host));
    }

    [EachEngineFact]
    public async Task A_refused_proof_is_recorded_with_its_sessions_device()
    {
        await using var host = CoreHost.Start(settings: ("SignIn:AttemptsPerAccount", "2"));
        await host.RegisterAsync();
        var (owner, other) = (await host.SignInAsync(), await host.SignInAsync());
        var change = new ChangePasswordInput { CurrentPassword = Wrong, NewPassword = "another passphrase of one" };
        Assert.IsType<ReauthenticationOutcome.WrongPassword>(await host.Reauthentication.ReauthenticateAsync(other.Caller, Wrong));
        Assert.IsType<ChangePasswordOutcome.WrongPassword>(await host.PasswordChange.ChangeAsync(other.Caller, change));
        Assert.IsType<ReauthenticationOutcome.Throttled>(await host.Reauthentication.ReauthenticateAsync(other.Caller, Wrong));
        Assert.IsType<ChangePasswordOutcome.Throttled>(await host.PasswordChange.ChangeAsync(other.Caller, change));

        await Attempts(host).FlushAsync();

        var attempts = await ListAsync(host, owner);
        Assert.Equal(
            [
                (RefusedAttemptKind.Proof, RefusedAttemptReason.WrongPassword), (RefusedAttemptKind.Proof, RefusedAttemptReason.Throttled),
                (RefusedAttemptKind.PasswordChange, RefusedAttemptReason.WrongPassword),
                (RefusedAttemptKind.PasswordChange, RefusedAttemptReason.Throttled),
            ],
            attempts.Select(attempt => (attempt.Kind, attempt.Reason)).Order());
        Assert.All(attempts, attempt => Assert.Equal("Chrome", attempt.Device.Browser));
        // Whoever typed them knows.
        Assert.Equal((4, 0), (await SinceAsync(host, owner), await SinceAsync(host, other)));
        Assert.Equal(2, (await Reader(host).ListAsync(owner.Caller, kind: RefusedAttemptKind.Proof)).Count);
    }

    [EachEngineFact]
    public async Task Attempts_from_one_network_are_one_run_until_a_pause()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        await RecordAsync(host, user, "2001:db8:1:2::3", "2001:db8:1:2::4", "198.51.100.1");
        host.Clock.Advance(RefusedAttempts.Pause);
        await RecordAsync(host, user, "2001:db8:1:2::5");
        Assert.Equal([("2001:db8:1:2::5", 3), ("198.51.100.1", 1)], await RunsAsync(host, browser));

        host.Clock.Advance(RefusedAttempts.Pause + TimeSpan.FromSeconds(1));
        await RecordAsync(host, user, "2001:db8:1:2::6");

        Assert.Equal([("2001:db8:1:2::6", 1), ("2001:db8:1:2::5", 3), ("198.51.100.1", 1)], await RunsAsync(host, browser));
        Assert.Equal(5, await SinceAsync(host, browser));
    }

    [EachEngineFact]
    public async Task Browsers_of_one_network_have_runs_of_their_own_up_to_a_number()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        foreach (var agent in new[] { Visitor.Chrome, Visitor.Phone, Visitor.Phone })
            Attempts(host).RecordSignIn(user.Value, CoreHost.NewBrowser(userAgent: agent), RefusedAttemptReason.WrongPassword);
        await Attempts(host).FlushAsync();
        Assert.Equal([("Chrome", 1), ("Safari", 2)],
            (await ListAsync(host, browser)).Select(attempt => (attempt.Device.Browser, attempt.Count)).Order());

        using var meters = new Meters(host.Get<IMeterFactory>());
        for (var i = 0; i < RefusedAttempts.Capacity + 5; i++)
            Attempts(host).RecordSignIn(user.Value, CoreHost.NewBrowser(userAgent: $"made-up/{i}"), RefusedAttemptReason.Throttled);
        await Attempts(host).FlushAsync();
        Assert.Equal(0, meters.Read("accounts.refused_attempts.lost"));
        Assert.Equal(RefusedAttempts.RowsPerAccount + 2, Rows(host));
        Assert.Equal(RefusedAttempts.Capacity + 8, await SinceAsync(host, browser));
    }

    [EachEngineFact]
    public async Task An_account_gets_a_limited_number_of_rows_a_day_and_every_attempt_counts()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        await RecordAsync(host, user, [.. Enumerable.Range(1, 15).Select(i => $"198.51.100.{i}")]);
        await RecordAsync(host, user, [.. Enumerable.Range(16, 15).Select(i => $"198.51.100.{i}")]);
        Assert.Equal((RefusedAttempts.RowsPerAccount, 30), (Rows(host), await SinceAsync(host, browser)));

        // Another kind has rows of its own: strangers can't use them up.
        await host.Reauthentication.ReauthenticateAsync(browser.Caller, Wrong);
        await Attempts(host).FlushAsync();
        Assert.Equal(RefusedAttempts.RowsPerAccount + 1, Rows(host));

        host.Clock.Advance(RefusedAttempts.AccountWindow);
        await RecordAsync(host, user, "198.51.100.99");
        Assert.Equal(RefusedAttempts.RowsPerAccount + 2, Rows(host));
    }

    [EachEngineFact]
    public async Task A_network_causes_a_limited_number_of_rows_an_hour()
    {
        await using var host = CoreHost.Start();
        using var meters = new Meters(host.Get<IMeterFactory>());
        List<UserId> users = [];
        for (var i = 0; i <= RefusedAttempts.RowsPerNetwork; i++)
            users.Add(await host.RegisterAsync($"user{i}@example.test"));
        foreach (var user in users)
            Attempts(host).RecordSignIn(user.Value, CoreHost.NewBrowser(), RefusedAttemptReason.WrongPassword);
        await Attempts(host).FlushAsync();
        Assert.Equal((RefusedAttempts.RowsPerNetwork, 1), (Rows(host), meters.Read("accounts.refused_attempts.lost")));

        // The rows that are there go on counting, and other networks have rows of their own.
        await RecordAsync(host, users[0], "203.0.113.7");
        await RecordAsync(host, users[^1], "203.0.113.8");
        Assert.Equal((RefusedAttempts.RowsPerNetwork + 1, 1), (Rows(host), meters.Read("accounts.refused_attempts.lost")));

        host.Clock.Advance(RefusedAttempts.NetworkWindow);
        await RecordAsync(host, users[^1], "203.0.113.7");
        Assert.Equal(RefusedAttempts.RowsPerNetwork + 2, Rows(host));
    }

    [Fact]
    [OnSqlite]
    public async Task Memory_holds_a_limited_number_and_made_up_emails_take_no_room()
    {
        using var journal = new Journal();
        await using var host = CoreHost.Start(services => services.AddLogging(logging => logging.AddProvider(journal)));
        using var meters = new Meters(host.Get<IMeterFactory>());
        var user = await host.RegisterAsync();
        var networks = Enumerable.Range(0, RefusedAttempts.Capacity + 2).Select(i => $"10.1.{i / 256}.{i % 256}").ToList();
        foreach (var network in networks)
            Attempts(host).RecordSignIn(null, CoreHost.NewBrowser(address: network), RefusedAttemptReason.WrongPassword);
        Assert.Equal(0, meters.Read("accounts.refused_attempts.lost"));

        foreach (var network in networks)
            Attempts(host).RecordSignIn(user.Value, CoreHost.NewBrowser(address: network), RefusedAttemptReason.WrongPassword);
        Assert.Equal(3, meters.Read("accounts.refused_attempts.lost"));
        await Attempts(host).FlushAsync();
        await RecordAsync(host, user, "203.0.113.7");

        Assert.Equal(RefusedAttempts.Capacity, host.Rows.Number("SELECT SUM(\"Count\") FROM \"RefusedAttempts\""));
        Assert.Equal(
            [
                "Warning: Refused attempts started to get lost: too many were waiting to be recorded",
                "Warning: Refused attempts were recorded again; 3 had been lost",
            ],
            journal.Of("RefusedAttempts"));
    }

    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_flush_keeps_the_attempts(bool atTheCommit)
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        Attempts(host).RecordSignIn(user.Value, CoreHost.NewBrowser(), RefusedAttemptReason.WrongPassword);
        if (atTheCommit)
            host.Gate.FailCommit();
        else
            host.Gate.FailBegin();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(Attempts(host).FlushAsync);
        Assert.Equal(0, Rows(host));

        await RecordAsync(host, user, "203.0.113.7");

        Assert.Equal([("203.0.113.7", 2)], await RunsAsync(host, browser));
    }

    [EachEngineFact]
    public async Task The_server_writes_attempts_as_it_runs_and_when_it_stops()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var upkeep = host.Get<IEnumerable<IHostedService>>().OfType<RefusedAttemptUpkeep>().Single();
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = host.Feed.Subscribe(_ => written.TrySetResult());
        Attempts(host).RecordSignIn(user.Value, CoreHost.NewBrowser(), RefusedAttemptReason.WrongPassword);
        var timers = host.Clock.Waiting;
        await upkeep.StartAsync(TestContext.Current.CancellationToken);
        await Patience.UntilAsync(() => Task.FromResult(host.Clock.Waiting > timers));
        host.Clock.Advance(TimeSpan.FromSeconds(3));
        await written.Task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(1, Rows(host));

        Attempts(host).RecordSignIn(user.Value, CoreHost.NewBrowser(address: "198.51.100.9"), RefusedAttemptReason.WrongPassword);
        await upkeep.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, Rows(host));
    }

    [EachEngineFact]
    public async Task The_feed_announces_an_attempt_to_its_account_once_it_is_written()
    {
        await using var host = CoreHost.Start();
        var (ada, grace) = (await host.RegisterAsync(), await host.RegisterAsync("grace@example.test"));
        List<SessionChange> heard = [], others = [];
        using var subscription = host.Feed.Subscribe(ada, heard.AddRange);
        using var other = host.Feed.Subscribe(grace, others.AddRange);
        await host.TrySignInAsync(CoreHost.NewBrowser(), password: Wrong);
        host.Clock.Advance(SessionFeed.MergeWindow);
        Assert.Empty(heard);

        await Attempts(host).FlushAsync();
        host.Clock.Advance(SessionFeed.MergeWindow);

        Assert.Equal([new SessionChange.AttemptRefused(ada)], heard);
        Assert.Empty(others);
    }

    [EachEngineFact]
    public async Task Retention_shortens_addresses_and_then_removes_the_attempts()
    {
        await using var host = CoreHost.Start(settings: [("Retention:Addresses", "1.00:00:00"), ("Retention:RefusedAttempts", "2.00:00:00")]);
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        await RecordAsync(host, user, "198.51.100.9");
        foreach (var (wait, address) in new[]
        {
            (TimeSpan.FromDays(1) - TimeSpan.FromMicroseconds(1), "198.51.100.9"), (TimeSpan.FromMicroseconds(1), "198.51.100.0"),
            (TimeSpan.FromDays(1) - TimeSpan.FromMicroseconds(1), "198.51.100.0"),
        })
        {
            host.Clock.Advance(wait);
            await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
            Assert.Equal(address, Assert.Single(await ListAsync(host, browser)).Address);
        }

        host.Clock.Advance(TimeSpan.FromMicroseconds(1));
        await host.Get<Retention>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, Rows(host));
    }

    [EachEngineFact]
    public async Task Attempts_go_with_their_account()
    {
        await using var host = CoreHost.Start();
        var (ada, grace) = (await host.RegisterAsync(), await host.RegisterAsync("grace@example.test"));
        await RecordAsync(host, ada, "203.0.113.7");
        await RecordAsync(host, grace, "203.0.113.7");
        Attempts(host).RecordSignIn(ada.Value, CoreHost.NewBrowser(address: "198.51.100.9"), RefusedAttemptReason.WrongPassword);
        await host.Database.WriteAsync(WritePriority.Ordinary, db => db.Users.Where(user => user.Id == ada.Value).ExecuteDeleteAsync());
        Assert.Equal(1, Rows(host));

        // What waits for an account that is gone is dropped, and holds up nothing else.
        await RecordAsync(host, grace, "198.51.100.9");
        Assert.Equal(2, Rows(host));
    }

    [EachEngineFact]
    public async Task Other_peoples_attempts_are_invisible()
    {
        await using var host = CoreHost.Start();
        await host.RegisterAsync();
        var grace = await host.RegisterAsync("grace@example.test");
        var (own, other) = (await host.SignInAsync(), await host.SignInAsync("grace@example.test"));
        await RecordAsync(host, grace, "198.51.100.9");

        Assert.Empty(await ListAsync(host, own));
        Assert.Equal((0, 1), (await SinceAsync(host, own), await SinceAsync(host, other)));
    }

    [EachEngineFact]
    public async Task An_attempt_counts_for_the_whole_visit_and_not_for_the_next_one()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        await RecordAsync(host, user, "198.51.100.1");
        var browser = await host.SignInAsync();
        Assert.Equal(1, await SinceAsync(host, browser));
        for (var i = 0; i < 3; i++)
        {
            host.Clock.Advance(Visit.Pause - TimeSpan.FromSeconds(1));
            await VisitAsync(host, browser);
            Assert.Equal(1, await SinceAsync(host, browser));
        }

        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await RecordAsync(host, user, "198.51.100.2");
        Assert.Equal(2, await SinceAsync(host, browser));
        host.Clock.Advance(TimeSpan.FromMinutes(20));
        await VisitAsync(host, browser);
        Assert.Equal(1, await SinceAsync(host, browser));

        // A session that memory has forgotten comes back.
        await host.Activity.FlushAsync();
        host.Registry.Forget();
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await RecordAsync(host, user, "198.51.100.3");
        Assert.Equal(1, await SinceAsync(host, browser));
        Assert.NotNull(await host.RequestAsync(browser));
        Assert.Equal(1, await SinceAsync(host, browser));
    }

    [EachEngineFact]
    public async Task A_visit_in_another_session_counts_unless_its_sign_in_is_in_question()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var owner = await host.SignInAsync();
        await VisitAsync(host, owner);
        host.Clock.Advance(TimeSpan.FromHours(1));
        await RecordAsync(host, user, "198.51.100.1");
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        // Whoever guessed the password.
        var stranger = await host.SignInAsync();
        Assert.Equal(1, await SinceAsync(host, stranger));

        host.Clock.Advance(TimeSpan.FromHours(8));
        await VisitAsync(host, owner);
        Assert.Equal(1, await SinceAsync(host, owner));
        Assert.Equal(RecognizeOutcome.Recognized, await host.Sessions.RecognizeAsync(owner.Caller, stranger.Id));
        Assert.Equal(0, await SinceAsync(host, owner));
    }

    [EachEngineFact]
    public async Task Only_the_latest_attempts_are_listed_and_all_are_counted()
    {
        await using var host = CoreHost.Start();
        var user = await host.RegisterAsync();
        var browser = await host.SignInAsync();
        for (var i = 1; i <= 7; i++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            await RecordAsync(host, user, $"198.51.100.{i}");
        }

        var refused = await Reader(host).FindSinceLastVisitAsync(browser.Caller, TestContext.Current.CancellationToken);
        Assert.Equal(7, refused.Count);
        Assert.Equal(["198.51.100.7", "198.51.100.6", "198.51.100.5", "198.51.100.4", "198.51.100.3"],
            refused.Latest.Select(attempt => attempt.Address), StringComparer.Ordinal);
    }

    private static RefusedAttempts Attempts(CoreHost host) => host.Get<RefusedAttempts>();

    private static RefusedAttemptReader Reader(CoreHost host) => host.Get<RefusedAttemptReader>();

    private static long Rows(CoreHost host) => host.Rows.Number("SELECT COUNT(*) FROM \"RefusedAttempts\"");

    private static Task<IReadOnlyList<RefusedAttempt>> ListAsync(CoreHost host, SignedInBrowser browser) =>
        Reader(host).ListAsync(browser.Caller, 100, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<List<(string, int)>> RunsAsync(CoreHost host, SignedInBrowser browser) =>
        [.. (await ListAsync(host, browser)).Select(attempt => (attempt.Address, attempt.Count))];

    private static async Task<int> SinceAsync(CoreHost host, SignedInBrowser browser) =>
        (await Reader(host).FindSinceLastVisitAsync(browser.Caller, TestContext.Current.CancellationToken)).Count;

    private static async Task VisitAsync(CoreHost host, SignedInBrowser browser) =>
        host.Activity.RecordPage((await host.RequestAsync(browser))!, browser.Browser.Address);

    private static async Task RecordAsync(CoreHost host, UserId user, params string[] addresses)
    {
        foreach (var address in addresses)
            Attempts(host).RecordSignIn(user.Value, CoreHost.NewBrowser(address: address), RefusedAttemptReason.WrongPassword);
        await Attempts(host).FlushAsync();
    }
}
