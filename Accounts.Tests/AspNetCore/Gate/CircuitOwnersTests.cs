using Accounts.AspNetCore.Gate;
using Accounts.Tests.Fixtures;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>A secret is remembered for as long as its page may come back, and no session can make the server remember many.</summary>
public sealed class CircuitOwnersTests
{
    private const string Ada = "ada@example.test";

    // Guard: Retention in CircuitOwners.
    [Fact]
    public async Task A_disconnected_secret_is_forgotten_after_a_quarter_of_an_hour()
    {
        var clock = new TestClock();
        await using var site = AccountsSite.Start(clock);
        await site.RegisterAsync(Ada);
        using var ada = await site.SignInAsync(Ada);
        var (owners, session) = (site.Get<CircuitOwners>(), await site.FindSessionAsync(ada));
        using var circuit = site.Get<OpenPages>().OpenCircuit(session);
        foreach (var secret in new[] { "left", "returned", "open", "late" })
            owners.Started(secret, "one", circuit);
        owners.Disconnected("left", "one");
        owners.Disconnected("returned", "one");
        owners.Reconnected("returned", "two");
        // A late report of the first connection changes nothing.
        owners.Disconnected("returned", "one");

        clock.Advance(TimeSpan.FromMinutes(15));
        owners.Disconnected("late", "one");
        Assert.True(owners.Owns("left", session.Id));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        owners.Disconnected("late", "one");
        Assert.False(owners.Owns("left", session.Id));
        foreach (var secret in new[] { "returned", "open", "late" })
            Assert.True(owners.Owns(secret, session.Id), secret);
    }

    // Guard: MostLeft. A client can connect, start a circuit and leave, again and again.
    [Fact]
    public async Task A_sessions_oldest_disconnected_secrets_make_room_for_its_newer_ones()
    {
        await using var site = AccountsSite.Start(settings: ("OpenPages:PerSession", "2"));
        await site.RegisterAsync(Ada);
        using var ada = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        var (owners, session, other) = (site.Get<CircuitOwners>(), await site.FindSessionAsync(ada), await site.FindSessionAsync(phone));
        using var circuit = site.Get<OpenPages>().OpenCircuit(session);
        using var bystander = site.Get<OpenPages>().OpenCircuit(other);
        owners.Started("bystander", "one", bystander);
        owners.Disconnected("bystander", "one");
        owners.Started("open", "one", circuit);
        for (var number = 0; number < 10; number++)
        {
            owners.Started($"{number}", "one", circuit);
            owners.Disconnected($"{number}", "one");
        }

        Assert.Equal([false, false, .. Enumerable.Repeat(true, 8)], Enumerable.Range(0, 10).Select(number => owners.Owns($"{number}", session.Id)));
        Assert.True(owners.Owns("open", session.Id));
        Assert.True(owners.Owns("bystander", other.Id));
        Assert.False(owners.Owns("bystander", session.Id));
    }
}
