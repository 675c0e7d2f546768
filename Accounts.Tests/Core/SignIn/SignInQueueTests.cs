using System.Diagnostics.Metrics;
using Accounts.Core.SignIn;
using Accounts.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.Core.SignIn;

/// <summary>Password forms wait their turn, briefly. A flood from one network delays nobody else.</summary>
public sealed class SignInQueueTests
{
    // Each queue has three places, one of them per network.
    private static readonly (string, string)[] Small = [("PasswordHashing:Concurrency", "2"), ("PasswordHashing:WaitingPerHash", "2")];

    // Guard: a queue's limit.
    [EachEngineFact]
    public async Task A_limited_number_run_at_once_and_a_finished_one_admits_the_next()
    {
        await using var host = CoreHost.Start(settings: Small);
        var queue = host.Get<SignInQueue>();
        var inside = new List<IDisposable>();
        for (var i = 0; i < 3; i++)
            inside.Add((await EnterAsync(queue, $"203.0.113.{i}"))!);
        var fourth = EnterAsync(queue, "203.0.113.4");
        var fifth = EnterAsync(queue, "203.0.113.5");
        // The other queue isn't affected.
        using var returning = await EnterAsync(queue, "203.0.113.6", returning: true);
        Assert.NotNull(returning);
        Assert.False(fourth.IsCompleted);

        inside[0].Dispose();
        using var next = await fourth.WaitAsync(Patience.Limit);
        Assert.NotNull(next);
        Assert.False(fifth.IsCompleted);
        inside[1].Dispose();
        using var last = await fifth.WaitAsync(Patience.Limit);
        Assert.NotNull(last);
        inside[2].Dispose();
    }

    // Guard: the partitions of _networks.
    [EachEngineTheory]
    [InlineData("203.0.113.7", "203.0.113.7", "203.0.113.8")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")]
    public async Task A_flood_from_one_network_delays_no_other_network(string flood, string same, string other)
    {
        await using var host = CoreHost.Start(settings: [("PasswordHashing:Concurrency", "1"), ("PasswordHashing:WaitingPerHash", "9")]);
        var queue = host.Get<SignInQueue>();
        var attempts = Enumerable.Range(0, SignInQueue.Most + 2).Select(_ => EnterAsync(queue, flood)).ToList();
        using (await attempts[0])
        using (await attempts[1])
        {
            // Other clients in the same network are refused at once.
            Assert.Null(await EnterAsync(queue, same).WaitAsync(Patience.Limit));
            using var stranger = await EnterAsync(queue, other).WaitAsync(Patience.Limit);
            Assert.NotNull(stranger);
            Assert.Equal(SignInQueue.Most, attempts.Count(attempt => !attempt.IsCompleted));
            using var returning = await EnterAsync(queue, other, returning: true).WaitAsync(Patience.Limit);
            Assert.NotNull(returning);
        }
    }

    // Guard: the patience in SignInQueue.WaitAsync.
    [EachEngineFact]
    public async Task A_form_that_waits_two_seconds_is_refused_and_frees_its_place()
    {
        var journal = new Journal();
        await using var host = CoreHost.Start(services: services => services.AddLogging(logging => logging.AddProvider(journal)), settings: Small);
        var queue = host.Get<SignInQueue>();
        using var meters = new Meters(host.Get<IMeterFactory>());
        var inside = new List<IDisposable>();
        for (var i = 0; i < 3; i++)
            inside.Add((await EnterAsync(queue, $"203.0.113.{i}"))!);
        var waits = EnterAsync(queue, "203.0.113.9");
        var waitsForItsNetwork = Enumerable.Range(0, 5).Select(_ => EnterAsync(queue, "203.0.113.10")).ToList();
        Assert.Equal(6, meters.Read("accounts.sign_in.waiting"));

        host.Clock.Advance(SignInQueue.Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(waits.IsCompleted);
        Assert.Equal(0, meters.Read("accounts.sign_in.refused"));
        host.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await waits.WaitAsync(Patience.Limit));
        Assert.All(await Task.WhenAll(waitsForItsNetwork).WaitAsync(Patience.Limit), Assert.Null);
        Assert.Equal((0, 6), (meters.Read("accounts.sign_in.waiting"), meters.Read("accounts.sign_in.refused")));

        // However many forms were refused, the log has two lines.
        Assert.Equal(
            [
                "Warning: The sign-in queue started to refuse forms: too many were waiting",
                "Warning: The sign-in queue was empty again; it had refused 6 forms",
            ],
            journal.Of(nameof(SignInQueue)));

        inside.ForEach(place => place.Dispose());
        for (var i = 0; i < 3; i++)
            Assert.NotNull(await EnterAsync(queue, $"203.0.113.{9 + i}").WaitAsync(Patience.Limit));
    }

    [EachEngineFact]
    public async Task A_full_queue_refuses_the_next_form_at_once()
    {
        await using var host = CoreHost.Start(settings: Small);
        var queue = host.Get<SignInQueue>();
        for (var i = 0; i < 3; i++)
            Assert.NotNull(await EnterAsync(queue, $"203.0.113.{i}"));
        var waiting = Enumerable.Range(0, SignInQueue.Most).Select(i => EnterAsync(queue, $"198.51.{i / 200}.{i % 200}")).ToList();

        Assert.Null(await EnterAsync(queue, "203.0.113.9").WaitAsync(Patience.Limit));
        using var returning = await EnterAsync(queue, "203.0.113.9", returning: true).WaitAsync(Patience.Limit);
        Assert.NotNull(returning);
        Assert.All(waiting, attempt => Assert.False(attempt.IsCompleted));
        host.Clock.Advance(SignInQueue.Patience);
        Assert.All(await Task.WhenAll(waiting).WaitAsync(Patience.Limit), Assert.Null);
    }

    [EachEngineFact]
    public async Task A_disconnected_client_frees_its_place_at_once()
    {
        await using var host = CoreHost.Start(settings: Small);
        var queue = host.Get<SignInQueue>();
        using var meters = new Meters(host.Get<IMeterFactory>());
        for (var i = 0; i < 3; i++)
            Assert.NotNull(await EnterAsync(queue, $"203.0.113.{i}"));
        using var client = new CancellationTokenSource();
        var gone = queue.EnterAsync("203.0.113.9", returning: false, client.Token);
        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.WaitAsync(Patience.Limit));
        // It doesn't count as refused.
        Assert.Equal((0, 0), (meters.Read("accounts.sign_in.waiting"), meters.Read("accounts.sign_in.refused")));
    }

    private static Task<IDisposable?> EnterAsync(SignInQueue queue, string address, bool returning = false) =>
        queue.EnterAsync(address, returning, TestContext.Current.CancellationToken);
}
