using System.Diagnostics.Metrics;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>What the gate's counters tell operators.</summary>
public sealed class GateRefusalsTests
{
    private const string Ada = "ada@example.test";

    // Guards: the calls of refusals.Count in SessionHubFilter and CircuitDisconnects.
    [Fact]
    public async Task A_refused_call_or_circuit_counts_with_its_reason()
    {
        await using var site = AccountsSite.Start();
        using var meters = new Meters(site.Get<IMeterFactory>());
        await site.RegisterAsync(Ada);
        using var owner = await site.SignInAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var circuit = await site.OpenAsync(owner);
        await using var intruder = await site.OpenAsync(other);
        Assert.Equal((0, 0, 0), (Count("other_session"), Count("unknown_circuit"), Count("ended")));

        await using (var thief = await RawCircuit.ConnectAsync(site.Address, other.CookieHeader))
        {
            Assert.False(await thief.ConnectCircuitAsync(circuit.Secret));
            Assert.False(await thief.ConnectCircuitAsync("a secret of another start"));
            Assert.Equal((1, 1), (Count("other_session"), Count("unknown_circuit")));
        }

        var named = new Dictionary<string, string>(StringComparer.Ordinal) { ["circuitId"] = circuit.Secret };
        using (await other.PostAsync("/_blazor/disconnect/", named))
            Assert.Equal(2, Count("other_session"));

        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Terminate") is not null, Patience.Limit);
        var click = circuit.FindClickHandler("Terminate")!.Value;
        await site.TerminateAsync(other, owner);
        Assert.Equal(ClickOutcome.Refused, await circuit.TryClickAsync(click));
        await circuit.NavigationPushed.WaitAsync(Patience.Limit);
        Assert.True(Count("ended") > 0);
        Assert.Single(meters.Measured("accounts.push.told.duration"));

        long Count(string reason) => meters.Read($"accounts.gate.refused {reason}");
    }
}
