using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text.Json;
using Accounts.AspNetCore.Gate;
using Accounts.Core.Live;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;
using Accounts.Tests.Fixtures.Own;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.AspNetCore;

/// <summary>Somebody else's application takes the cookie, the gate and the push.</summary>
public sealed class DoorTests
{
    [EachEngineFact]
    public async Task An_endpoint_for_programs_answers_401_and_a_page_leads_to_the_sign_in()
    {
        await using var own = await OwnApplication.StartAsync(session: o => (o.SignInPath, o.SignedOutPath) = ("/welcome", "/bye"));
        using var stranger = new Visitor(own.Address, Visitor.Chrome);
        using var owner = await own.EnterAsync();
        using var victim = await own.EnterAsync();
        Assert.Equal(("401", ""), await AskAsync(stranger, "/own/data"));
        Assert.Equal(("302", "/welcome?returnUrl=%2Fown%2Fpage"), await AskAsync(stranger, "/own/page"));
        Assert.Equal(("200", ""), await AskAsync(victim, "/own/data"));
        Assert.Equal(("200", ""), await AskAsync(victim, "/own/page"));
        Assert.Equal(("204", ""), await AskAsync(victim, "/session/state"));

        await own.TerminateAsync(owner, victim);
        Assert.Equal(("401", ""), await AskAsync(victim, "/own/data"));
        Assert.Equal(("302", "/bye"), await AskAsync(victim, "/own/page"));
        Assert.Equal(("401", ""), await AskAsync(victim, "/session/state"));
        Assert.Equal(("200", ""), await AskAsync(owner, "/own/data"));
    }

    [Fact]
    public async Task An_application_may_live_under_a_path()
    {
        await using var own = await OwnApplication.StartAsync(pathBase: "/shop");
        using var owner = await own.EnterAsync("/shop");
        using var victim = await own.EnterAsync("/shop");
        await using var page = await own.OpenAsync(victim, "/shop/own/page");

        await own.TerminateAsync(owner, victim);
        Assert.Equal(
            new Uri(own.Address, "/shop/signed-out"),
            new Uri(new Uri(own.Address, "/shop/"), await page.NavigationPushed.WaitAsync(Patience.Limit)));
        Assert.Equal(("302", "/shop/signed-out"), await AskAsync(victim, "/shop/own/page"));
    }

    [EachEngineFact]
    public async Task The_push_ends_a_page_and_the_gate_refuses_its_calls()
    {
        await using var own = await OwnApplication.StartAsync(session: o => o.SignedOutPath = "/bye");
        using var owner = await own.EnterAsync();
        using var victim = await own.EnterAsync();
        await using var page = await own.OpenAsync(victim);
        Assert.Equal(ClickOutcome.Done, await page.TryClickAsync("Act"));
        await page.WaitForBatchAsync(c => c.Page.Text.Contains("after 1 acts", StringComparison.Ordinal), Patience.Limit);

        await own.TerminateAsync(owner, victim);
        Assert.EndsWith("bye", await page.NavigationPushed.WaitAsync(Patience.Limit), StringComparison.Ordinal);
        Assert.NotEqual(ClickOutcome.Done, await page.TryClickAsync("Act"));
        await page.Closed.WaitAsync(Patience.Limit);
    }

    // Guard: EndpointName in CircuitDisconnects.
    [Fact]
    public async Task No_other_session_can_end_a_circuit_beside_an_applications_own_hub_address()
    {
        await using var own = await OwnApplication.StartAsync();
        using var stranger = new Visitor(own.Address, Visitor.Chrome);
        using var owner = await own.EnterAsync();
        using var other = await own.EnterAsync();
        await using var page = await own.OpenAsync(owner);
        foreach (var (visitor, status) in new[]
        {
            (stranger, HttpStatusCode.NotFound), (other, HttpStatusCode.NotFound), (owner, HttpStatusCode.OK),
        })
        {
            using var answer = await visitor.PostAsync(
                "/own/circuits/disconnect", new Dictionary<string, string>(StringComparer.Ordinal) { ["circuitId"] = page.Secret });
            Assert.Equal(status, answer.StatusCode);
        }
    }

    // Guard: the exception in SessionCircuitHandler.OnCircuitOpenedAsync.
    [Fact]
    public async Task No_circuit_opens_if_the_application_forgets_the_gate()
    {
        await using var own = await OwnApplication.StartAsync(gate: false);
        using var visitor = await own.EnterAsync();
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        own.Journal.Heard = text =>
        {
            if (text.Contains("Call AddAccountsGate after AddInteractiveServerComponents", StringComparison.Ordinal))
                heard.TrySetResult();
        };
        var page = own.OpenAsync(visitor);
        await heard.Task.WaitAsync(Patience.Limit);
        Assert.False(page.IsCompletedSuccessfully);
    }

    // Guard: AddAccountsGate(HubOptions), and the header Upgrade in CrossSiteRequests.
    [Fact]
    public async Task The_gate_guards_a_hub_of_the_applications_own()
    {
        await using var own = await OwnApplication.StartAsync();
        using var owner = await own.EnterAsync();
        using var victim = await own.EnterAsync();
        using (var stranger = await HubClient.ConnectAsync(own.Address, "/own/hub", ""))
            Assert.Null(await stranger.CallAsync("Name"));
        Assert.Equal(
            ["Debug: Refused a connection to /own/hub: its browser has no live session"], own.Journal.Of("SessionHubFilter"), StringComparer.Ordinal);
        await Assert.ThrowsAsync<WebSocketException>(
            () => HubClient.ConnectAsync(own.Address, "/own/hub", victim.CookieHeader, ("Origin", "https://evil.example")));

        using var hub = await HubClient.ConnectAsync(own.Address, "/own/hub", victim.CookieHeader);
        Assert.True(await hub.IsGreetedAsync());
        Assert.Equal("Ada Lovelace", await hub.CallAsync("Name"));

        await own.TerminateAsync(owner, victim);
        Assert.False(await hub.CallAsync("Name") is "Ada Lovelace");
        await hub.ClosedAsync();
    }

    [Fact]
    public async Task Another_sites_request_is_refused_with_problem_details()
    {
        await using var own = await OwnApplication.StartAsync();
        using var victim = await own.EnterAsync();
        victim.Headers["Origin"] = "https://evil.example";
        using var refused = await victim.PostAsync("/own/enter", new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("Another site sent this request.", problem.GetProperty("title").GetString());

        victim.Headers["Origin"] = own.Address.GetLeftPart(UriPartial.Authority);
        using var accepted = await victim.PostAsync("/own/enter", new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    // Guards: HasTransformation in SessionCookie; WithOthersOf in SessionClaims.
    [Fact]
    public async Task What_the_applications_transformation_adds_stays_for_one_request_and_for_the_circuit()
    {
        await using var own = await OwnApplication.StartAsync(services => services.AddSingleton<IClaimsTransformation, Adder>());
        using var visitor = await own.EnterAsync();
        for (var i = 0; i < 3; i++)
            Assert.Equal("1", await visitor.ReadAsync("/own/data"));

        await using var page = await own.OpenAsync(visitor);
        await page.WaitForBatchAsync(c => c.Page.Text.Contains("Ada Lovelace has added", StringComparison.Ordinal), Patience.Limit);
        // A change of the user replaces what Accounts says, and nothing else.
        var session = await own.FindSessionAsync(visitor);
        var shown = await new Adder().TransformAsync(new ClaimsPrincipal(session.Principal.Identities.Select(identity => identity.Clone())));
        Assert.True(session.IsCurrent(shown));
        session.Replace(new UserProfile(session.UserId, null, "Ada King", "", ["Support"], long.MaxValue));
        Assert.False(session.IsCurrent(shown));
        var refreshed = session.Refresh(shown);
        Assert.True(session.IsCurrent(refreshed));
        Assert.Equal(("Ada King", "added", true), (refreshed.Identity!.Name, refreshed.FindFirst("own")!.Value, refreshed.IsInRole("Support")));
    }

    // Guard: AccountsStart.StartingAsync.
    [Fact]
    public async Task The_host_refuses_to_start_with_wrong_options()
    {
        var wrong = await Assert.ThrowsAnyAsync<Exception>(() => OwnApplication.StartAsync(session: o => o.SignInPath = "/sign in?x"));
        Assert.Contains("SignInPath must be the path of a page", wrong.Message, StringComparison.Ordinal);
        var twice = await Assert.ThrowsAsync<InvalidOperationException>(() => OwnApplication.StartAsync(services => services.AddAccounts()));
        Assert.Contains("Accounts is already added", twice.Message, StringComparison.Ordinal);
    }

    // Guard: QuietEndings.AddTo.
    [Fact]
    public void The_applications_own_logger_factory_keeps_hearing()
    {
        using var factory = new OwnFactory();
        var services = new ServiceCollection().AddSingleton<ILoggerFactory>(factory);
        QuietEndings.AddTo(services);
        using var provider = services.BuildServiceProvider();
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.SignalR.Something");
        logger.LogError(new SessionEndedException(), "an ending");
        logger.LogError(new InvalidOperationException(), "an error");
        Assert.Equal(["an error"], factory.Journal.Of(LogLevel.Error), StringComparer.Ordinal);
    }

    private static async Task<(string Status, string Location)> AskAsync(Visitor visitor, string path)
    {
        using var answer = await visitor.GetAsync(path);
        var location = answer.Headers.Location is { } there ? (there.IsAbsoluteUri ? there.PathAndQuery : there.OriginalString) : "";
        return (((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture), location);
    }

    private sealed class Adder : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim("own", "added"));
            return Task.FromResult(principal);
        }
    }

    private sealed class OwnFactory : ILoggerFactory
    {
        public Journal Journal { get; } = new();

        public ILogger CreateLogger(string categoryName) => Journal.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
