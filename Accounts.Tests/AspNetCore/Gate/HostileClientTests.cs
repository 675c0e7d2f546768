using System.Net;
using Accounts.AspNetCore.Gate;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>A client that speaks Blazor's protocol and ignores the push can do nothing once its session has ended.</summary>
public sealed class HostileClientTests
{
    [Fact]
    public async Task Nothing_a_client_sends_after_its_session_ended_has_an_effect()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var owner = await site.SignInAsync("ada@example.test");
        using var thief = await site.SignInAsync("ada@example.test", Visitor.Phone);
        using var victim = await site.SignInAsync("ada@example.test");
        await using var circuit = await site.OpenAsync(thief);
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Terminate") is not null, Patience.Limit);

        // The same click works before: the dialog opens.
        await circuit.ClickAsync("Terminate");
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Cancel") is not null, Patience.Limit);
        var confirm = circuit.FindClickHandler("Terminate");

        await site.TerminateAsync(owner, thief);

        Assert.Equal("/signed-out", new Uri(site.Address, await circuit.NavigationPushed.WaitAsync(Patience.Limit)).AbsolutePath);
        Assert.Equal(ClickOutcome.Refused, await circuit.TryClickAsync(confirm!.Value));
        await circuit.Closed.WaitAsync(Patience.Limit);
        Assert.True(await victim.IsSignedInAsync());
        Assert.True(await owner.IsSignedInAsync());
        Assert.False(await thief.IsSignedInAsync());

        // The same click still works in another session.
        await using var allowed = await site.OpenAsync(owner);
        await TerminateOnlyOtherAsync(allowed);
        await allowed.WaitForBatchAsync(c => c.Page.Text.Contains("You're only signed in here", StringComparison.Ordinal), Patience.Limit);
        Assert.False(await victim.IsSignedInAsync());
    }

    [Fact]
    public async Task An_ended_session_cannot_reconnect_with_its_circuits_secret()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var owner = await site.SignInAsync("ada@example.test");
        using var thief = await site.SignInAsync("ada@example.test", Visitor.Phone);
        await using var circuit = await site.OpenAsync(thief);
        var secret = circuit.Secret;

        // Before the end, the same session reconnects with it.
        circuit.Abort();
        await using var returned = await RawCircuit.ConnectAsync(site.Address, thief.CookieHeader);
        Assert.True(await returned.ConnectCircuitAsync(secret, circuit));

        await site.TerminateAsync(owner, thief);
        await returned.Closed.WaitAsync(Patience.Limit);

        await Assert.ThrowsAsync<RawCircuitException>(() => RawCircuit.ConnectAsync(site.Address, thief.CookieHeader));
        // The owner, who is signed in, can't use it either.
        await using var owners = await RawCircuit.ConnectAsync(site.Address, owner.CookieHeader);
        Assert.False(await owners.ConnectCircuitAsync(secret));
    }

    [Theory]
    [InlineData("ada@example.test")]
    [InlineData("grace@example.test")]
    public async Task No_other_session_can_take_over_a_circuit_with_its_secret(string intruderEmail)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        await site.RegisterAsync("grace@example.test");
        using var owner = await site.SignInAsync("ada@example.test");
        using var intruder = await site.SignInAsync(intruderEmail, Visitor.Phone);
        await using var circuit = await site.OpenAsync(owner);
        circuit.Abort();

        await using var stolen = await RawCircuit.ConnectAsync(site.Address, intruder.CookieHeader);
        Assert.False(await stolen.ConnectCircuitAsync(circuit.Secret));

        await using var own = await RawCircuit.ConnectAsync(site.Address, owner.CookieHeader);
        Assert.True(await own.ConnectCircuitAsync(circuit.Secret, circuit));
    }

    // Guard: CircuitDisconnects. The framework ends a circuit for anyone who knows its secret.
    [Theory]
    [InlineData("ada@example.test")]
    [InlineData("grace@example.test")]
    [InlineData(null)]
    public async Task No_other_session_can_end_a_circuit_with_its_secret(string? intruderEmail)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        await site.RegisterAsync("grace@example.test");
        using var owner = await site.SignInAsync("ada@example.test");
        using var intruder = intruderEmail is null ? site.Visit() : await site.SignInAsync(intruderEmail, Visitor.Phone);
        await using var circuit = await site.OpenAsync(owner);
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Get support code") is not null, Patience.Limit);

        foreach (var path in new[] { "/_blazor/disconnect", "/_blazor/disconnect/", "/_BLAZOR/Disconnect" })
        {
            using var refused = await intruder.PostAsync(path, Secret(circuit.Secret));
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }

        Assert.Equal(ClickOutcome.Done, await circuit.TryClickAsync("Get support code"));
        // An unknown circuit gets the same answer, and nonsense gets one of its own.
        using (var unknown = await owner.PostAsync("/_blazor/disconnect", Secret(new string('a', circuit.Secret.Length))))
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using (var empty = await owner.PostAsync("/_blazor/disconnect", new Dictionary<string, string>(StringComparer.Ordinal)))
            Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);

        // The control: the owner's own page ends its circuit when it closes.
        using (var ended = await owner.PostAsync("/_blazor/disconnect", Secret(circuit.Secret)))
            Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        await Patience.UntilAsync(async () => site.Get<SessionCircuits>().Of((await site.FindSessionAsync(owner)).Id).Count == 0);

        static Dictionary<string, string> Secret(string secret) => new(StringComparer.Ordinal) { ["circuitId"] = secret };
    }

    // Guard: both calls of FindSessionAsync in CircuitDisconnects. A copied cookie has the key that was replaced.
    [Theory]
    [InlineData("nothing", HttpStatusCode.OK)]
    [InlineData("ended", HttpStatusCode.NotFound)]
    [InlineData("key replaced", HttpStatusCode.NotFound)]
    public async Task A_session_that_changes_while_the_body_comes_ends_no_circuit(string change, HttpStatusCode status)
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var ada = await site.SignInAsync("ada@example.test");
        using var owner = await site.SignInAsync("ada@example.test", Visitor.Phone);
        using var copied = site.Visit();
        copied.SessionCookie = ada.SessionCookie;
        await using var circuit = await site.OpenAsync(ada);
        var form = new Dictionary<string, string>(StringComparer.Ordinal) { ["circuitId"] = circuit.Secret };
        var body = new SlowBody();
        var disconnect = copied.PostSlowlyAsync("/_blazor/disconnect", form, body);
        await body.Arrived;
        if (change is "ended")
            await site.TerminateAsync(owner, ada);
        if (change is "key replaced")
        {
            using (await ada.ReauthenticateAsync(AccountsSite.Password))
                Assert.True(await ada.IsSignedInAsync());
        }

        body.Release();
        using (var answer = await disconnect)
            Assert.Equal(status, answer.StatusCode);
        if (change is "nothing")
            return;

        using var refused = await copied.PostAsync("/_blazor/disconnect", form);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        if (change is "key replaced")
            Assert.Single(site.Get<SessionCircuits>().Of((await site.FindSessionAsync(ada)).Id));
    }

    [Theory]
    [InlineData("ada@example.test")]
    [InlineData("grace@example.test")]
    public async Task No_other_session_can_resume_a_discarded_circuit(string intruderEmail)
    {
        await using var site = AccountsSite.Start(services: AccountsSite.DiscardLostCircuits);
        await site.RegisterAsync("ada@example.test");
        await site.RegisterAsync("grace@example.test");
        using var owner = await site.SignInAsync("ada@example.test");
        using var intruder = await site.SignInAsync(intruderEmail, Visitor.Phone);
        await using var circuit = await site.OpenAsync(owner);
        var session = (await site.FindSessionAsync(owner)).Id;
        Assert.NotEmpty(site.Get<SessionCircuits>().Of(session));
        circuit.Abort();
        Patience.Until(() => site.Get<SessionCircuits>().Of(session).Count == 0);

        await using var stolen = await RawCircuit.ConnectAsync(site.Address, intruder.CookieHeader);
        Assert.Null(await ResumeAsync(stolen));

        await using var own = await RawCircuit.ConnectAsync(site.Address, owner.CookieHeader);
        var resumed = Assert.IsType<string>(await ResumeAsync(own));
        // The resumed circuit belongs to the owner as well.
        Assert.False(await stolen.ConnectCircuitAsync(resumed));

        Task<object?> ResumeAsync(RawCircuit client)
        {
            var page = new Uri(site.Address, "/settings/sessions");
            return client.InvokeAsync("ResumeCircuit", circuit.Secret, site.Address.AbsoluteUri, page.AbsoluteUri, "[]", "");
        }
    }

    [Fact]
    public async Task A_connection_that_stays_open_after_its_session_ended_is_closed()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var owner = await site.SignInAsync("ada@example.test");
        using var thief = await site.SignInAsync("ada@example.test", Visitor.Phone);

        // There is only a connection without a circuit, so nothing can be pushed.
        await using var silent = await RawCircuit.ConnectAsync(site.Address, thief.CookieHeader);
        await using var bystander = await RawCircuit.ConnectAsync(site.Address, owner.CookieHeader);
        await site.TerminateAsync(owner, thief);

        await silent.Closed.WaitAsync(Patience.Limit);
        // The hub answers, so this connection is still open.
        Assert.False(await bystander.ConnectCircuitAsync("no such secret"));
    }

    [Fact]
    public async Task Signed_out_visitors_and_other_sites_pages_get_no_connection()
    {
        await using var site = AccountsSite.Start();
        await site.RegisterAsync("ada@example.test");
        using var owner = await site.SignInAsync("ada@example.test");

        await Assert.ThrowsAsync<RawCircuitException>(() => RawCircuit.ConnectAsync(site.Address, cookieHeader: null));
        var crossed = await Assert.ThrowsAsync<RawCircuitException>(
            () => RawCircuit.ConnectAsync(site.Address, owner.CookieHeader, new RawCircuitOptions { Origin = "https://evil.example" }));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, crossed.Status);

        await using var own = await RawCircuit.ConnectAsync(
            site.Address, owner.CookieHeader, new RawCircuitOptions { Origin = site.Address.GetLeftPart(UriPartial.Authority) });
        Assert.False(await own.ConnectCircuitAsync("no such secret"));
    }

    /// <summary>Presses Terminate on the only other card, and confirms.</summary>
    private static async Task TerminateOnlyOtherAsync(RawCircuit circuit)
    {
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Terminate") is not null, Patience.Limit);
        await circuit.ClickAsync("Terminate");
        await circuit.WaitForBatchAsync(c => c.FindClickHandler("Cancel") is not null, Patience.Limit);
        await circuit.ConfirmAsync("Terminate");
    }
}
