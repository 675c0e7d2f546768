using Accounts.AspNetCore.Gate;
using Accounts.Core.Live;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Stop = Accounts.Tests.Fixtures.DatabaseGate.Stop;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>A session ends while a circuit or connection is opening, before there is one to close.</summary>
/// <remarks>The clock stands still. Otherwise the delayed disconnect would do the job of the check at opening.</remarks>
public sealed class CircuitRaceTests
{
    private const string Ada = "ada@example.test";

    // Guard: the check that follows Register in SessionCircuitHandler.OnCircuitOpenedAsync.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_circuit_that_opens_while_its_session_ends_is_closed(bool ends)
    {
        var (gates, clock) = (new Gates(), new TestClock());
        await using var site = await StartAsync(clock, services => services.AddSingleton(gates).AddScoped<CircuitHandler, HeldOpening>());
        using var owner = await site.SignInAsync(Ada);
        using var thief = await site.SignInAsync(Ada, Visitor.Phone);
        var session = (await site.FindSessionAsync(thief)).Id;
        var page = new Uri(site.Address, "/settings/sessions");
        var markers = PageMarkers.Read(page, await thief.ReadAsync("/settings/sessions"));
        await using var circuit = await RawCircuit.ConnectAsync(page, thief.CookieHeader);

        var opening = circuit.StartAsync(page, markers);
        await gates.Opened.Arrived;
        if (ends)
            await site.TerminateAsync(owner, session);
        Assert.Empty(site.Get<SessionCircuits>().Of(session));
        gates.Opened.Release();
        // Nothing has rendered yet: any push can come only from the opening.
        await gates.Connected.Arrived;

        if (ends)
        {
            Assert.Equal("/signed-out", new Uri(site.Address, await circuit.NavigationPushed.WaitAsync(Patience.Limit)).AbsolutePath);
            // The server keeps a circuit that only loses its connection, but this one is gone.
            await gates.Gone.Task.WaitAsync(Patience.Limit);
            gates.Connected.Release();
            Assert.Equal(ClickOutcome.Refused, await circuit.TryClickAsync(1UL));
            clock.Advance(TimeSpan.FromSeconds(10));
            await circuit.Closed.WaitAsync(Patience.Limit);
            await Assert.ThrowsAsync<RawCircuitException>(() => opening);
            Assert.Empty(circuit.Texts);
        }
        else
        {
            Assert.Single(site.Get<SessionCircuits>().Of(session));
            gates.Connected.Release();
            await opening;
            await circuit.WaitForBatchAsync(c => c.FindClickHandler("Terminate") is not null, Patience.Limit);
            await circuit.ClickAsync("Terminate");
            await circuit.WaitForBatchAsync(c => c.FindClickHandler("Cancel") is not null, Patience.Limit);
            Assert.Equal(ClickOutcome.Done, await circuit.TryClickAsync("Cancel"));
            Assert.Empty(circuit.Navigations);
        }
    }

    // Guard: the check that follows Add in SessionHubFilter.OnConnectedAsync.
    [EachEngineTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_opens_while_its_session_ends_is_closed(bool ends)
    {
        var clock = new TestClock();
        var held = new HeldConnection();
        // Filters of all hubs run before those of one hub.
        await using var site = await StartAsync(clock, services => services.Configure<HubOptions>(o => o.AddFilter(held)));
        using var owner = await site.SignInAsync(Ada);
        using var thief = await site.SignInAsync(Ada, Visitor.Phone);
        var session = (await site.FindSessionAsync(thief)).Id;

        await using var connection = await RawCircuit.ConnectAsync(site.Address, thief.CookieHeader);
        await held.Stop.Arrived;
        if (ends)
            await site.TerminateAsync(owner, session);
        // The delayed disconnect passes before the connection is registered.
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, site.Get<SessionConnections>().Abort(session));
        held.Stop.Release();

        if (ends)
        {
            await connection.Closed.WaitAsync(Patience.Limit);
        }
        else
        {
            // The hub answers, so the connection was accepted.
            Assert.False(await connection.ConnectCircuitAsync("no such secret"));
            Assert.True(await thief.IsSignedInAsync());
        }
    }

    // Guard: the check that follows Add compares the key, not only the session.
    [EachEngineFact]
    public async Task A_connection_that_opens_while_its_key_is_replaced_is_closed()
    {
        var held = new HeldConnection();
        await using var site = await StartAsync(new TestClock(), services => services.Configure<HubOptions>(o => o.AddFilter(held)));
        using var owner = await site.SignInAsync(Ada);
        using var thief = site.Visit();
        thief.SessionCookie = owner.SessionCookie;

        await using var connection = await RawCircuit.ConnectAsync(site.Address, thief.CookieHeader);
        await held.Stop.Arrived;
        using (await owner.ReauthenticateAsync(AccountsSite.Password))
            Assert.True(await owner.IsSignedInAsync());
        held.Stop.Release();

        await connection.Closed.WaitAsync(Patience.Limit);
        Assert.True(await owner.IsSignedInAsync());
    }

    // Guard: the live check in SessionHubFilter.InvokeMethodAsync, which doesn't close the connection at once.
    [EachEngineFact]
    public async Task A_click_does_not_reach_the_circuit_of_an_expired_unswept_session()
    {
        var clock = new TestClock();
        await using var site = await StartAsync(clock, _ => { });
        using var owner = await site.SignInAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var circuit = await site.OpenAsync(owner);
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Terminate") is not null, Patience.Limit);

        // The gate holds the sweeper: nothing is pushed, and the circuit lives.
        var sweep = site.Gate.StopBegin();
        clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(ClickOutcome.Refused, await circuit.TryClickAsync("Terminate"));
        Assert.Null(circuit.FindClickHandler("Cancel"));

        // The connection stays open for the push, and is closed afterwards.
        sweep.Release();
        await site.Get<SessionUpkeep>().SweepAsync();
        Assert.Equal("/signed-out", new Uri(site.Address, await circuit.NavigationPushed.WaitAsync(Patience.Limit)).AbsolutePath);
        clock.Advance(TimeSpan.FromSeconds(10));
        await circuit.Closed.WaitAsync(Patience.Limit);
    }

    // Guard: SessionCircuitHandler.CreateInboundActivityHandler.
    [EachEngineFact]
    public async Task A_click_that_passed_the_hub_before_the_session_ended_only_sends_the_page_away()
    {
        var (clock, inbound) = (new TestClock(), new HeldInbound());
        await using var site = await StartAsync(clock,
            services => services.AddSingleton<CircuitHandler>(inbound).Configure<HubOptions>(o => o.AddFilter(inbound)));
        using var owner = await site.SignInAsync(Ada);
        using var other = await site.SignInAsync(Ada, Visitor.Phone);
        await using var circuit = await site.OpenAsync(owner);
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Terminate") is not null, Patience.Limit);

        var click = circuit.TryClickAsync("Terminate");
        await inbound.Stop.Arrived;
        var sweep = site.Gate.StopBegin();
        clock.Advance(TimeSpan.FromHours(25));
        inbound.Stop.Release();

        // The sweeper is still held, so the push comes from the circuit's own check.
        Assert.Equal("/signed-out", new Uri(site.Address, await circuit.NavigationPushed.WaitAsync(Patience.Limit)).AbsolutePath);
        Assert.Equal(ClickOutcome.Broken, await click);
        Assert.Null(circuit.FindClickHandler("Cancel"));
        sweep.Release();
    }

    private static async Task<AccountsSite> StartAsync(TestClock clock, Action<IServiceCollection> services)
    {
        var site = AccountsSite.Start(clock, services);
        await site.RegisterAsync(Ada);
        return site;
    }

    /// <summary>Points at which the opening of a circuit is held: before the product knows the circuit, and afterwards.</summary>
    private sealed class Gates
    {
        public Stop Opened { get; } = new();

        public Stop Connected { get; } = new();

        /// <summary>Completes when the circuit has been disposed of.</summary>
        public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class HeldOpening(Gates gates) : CircuitHandler
    {
        public override int Order => -1;

        public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken) => gates.Opened.HoldAsync();

        public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken) => gates.Connected.HoldAsync();

        public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            gates.Gone.TrySetResult();
            return Task.CompletedTask;
        }
    }

    private sealed class HeldConnection : IHubFilter
    {
        public Stop Stop { get; } = new();

        public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
        {
            await Stop.HoldAsync();
            await next(context);
        }
    }

    /// <summary>Holds a click that the hub has let in. The client's other calls, such as acknowledgements, continue.</summary>
    /// <remarks>A connection's calls run one after the other, each with its own way to the circuit.</remarks>
    private sealed class HeldInbound : CircuitHandler, IHubFilter
    {
        private bool _clicked;

        public Stop Stop { get; } = new();

        public override int Order => -1;

        public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
            Func<CircuitInboundActivityContext, Task> next) => async context =>
        {
            if (_clicked)
                await Stop.HoldAsync();
            await next(context);
        };

        public ValueTask<object?> InvokeMethodAsync(HubInvocationContext call, Func<HubInvocationContext, ValueTask<object?>> next)
        {
            _clicked = call.HubMethodName is "BeginInvokeDotNetFromJS";
            return next(call);
        }
    }
}
