using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Accounts.Tests.AspNetCore.Gate;

/// <summary>One user can't fill the server's memory with open pages, or with components on one page.</summary>
public sealed class OpenPagesTests
{
    private const string Ada = "ada@example.test";
    private const string Page = "/settings/sessions";

    [Theory]
    [InlineData("OpenPages:PerSession", "This browser has 3 pages of this site open")]
    [InlineData("OpenPages:PerUser", "You have 3 pages of this site open on all your devices")]
    public async Task A_page_above_the_limit_is_refused_with_a_reason_and_one_that_closes_makes_room(string limit, string reason)
    {
        using var journal = new Journal();
        await using var site = await StartAsync(
            services =>
            {
                AccountsSite.DiscardLostCircuits(services);
                services.AddLogging(logging => logging.AddProvider(journal));
            },
            (limit, "3"));
        using var meters = new Meters(site.Get<IMeterFactory>());
        using var ada = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        var open = new List<RawCircuit>();
        for (var number = 0; number < 3; number++)
            open.Add(await site.OpenAsync(ada));
        Assert.Equal(3, meters.Read("accounts.pages.open"));

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => site.OpenAsync(ada));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, (await Assert.ThrowsAnyAsync<Exception>(() => site.OpenAsync(ada))).Message, StringComparison.Ordinal);
        Assert.Equal(2, meters.Read("accounts.pages.refused"));
        // The log has one line for all refusals of a user.
        Assert.Contains(reason, Assert.Single(journal.Of("OpenPages")), StringComparison.Ordinal);
        // The page itself opens, and says why it isn't live.
        Assert.Contains("You have too many pages of Accounts open", await ada.ReadAsync(Page), StringComparison.Ordinal);
        if (limit.EndsWith("PerUser", StringComparison.Ordinal))
            Assert.Contains(reason, (await Assert.ThrowsAnyAsync<Exception>(() => site.OpenAsync(phone))).Message, StringComparison.Ordinal);
        else
            open.Add(await site.OpenAsync(phone));

        // Another user isn't affected.
        await site.RegisterAsync("grace@example.test");
        using var grace = await site.SignInAsync("grace@example.test");
        open.Add(await site.OpenAsync(grace));

        await open[0].DisposeAsync();
        await Patience.UntilAsync(() => Task.FromResult(
            meters.Read("accounts.pages.open") == open.Count - 1 && meters.Read("accounts.pages.circuits") == open.Count - 1));
        Assert.DoesNotContain("You have too many pages of Accounts open", await ada.ReadAsync(Page), StringComparison.Ordinal);
        open.Add(await site.OpenAsync(ada));
        foreach (var circuit in open)
            await circuit.DisposeAsync();
        await Patience.UntilAsync(() => Task.FromResult(
            meters.Read("accounts.pages.open") + meters.Read("accounts.pages.circuits") + meters.Read("accounts.pages.components") == 0));
    }

    // Guard: OpenCircuit. The framework keeps a circuit for minutes after its connection, but only so many of all users together.
    [Fact]
    public async Task Circuits_that_lost_their_connection_count_as_pages()
    {
        await using var site = await StartAsync(null, ("OpenPages:PerSession", "3"));
        using var meters = new Meters(site.Get<IMeterFactory>());
        using var ada = await site.SignInAsync(Ada);
        var lost = new List<RawCircuit>();
        for (var number = 0; number < 3; number++)
        {
            lost.Add(await site.OpenAsync(ada));
            lost[^1].Abort();
            await Patience.UntilAsync(() => Task.FromResult(meters.Read("accounts.pages.open") == 0));
        }

        var refused = await Assert.ThrowsAsync<RawCircuitException>(() => site.OpenAsync(ada));
        Assert.Contains("This browser has 3 pages of this site open", refused.Message, StringComparison.Ordinal);
        Assert.Contains("You have too many pages of Accounts open", await ada.ReadAsync(Page), StringComparison.Ordinal);

        // A lost circuit still finds its way back, and one that ends makes room.
        await using var returned = await RawCircuit.ConnectAsync(site.Address, ada.CookieHeader);
        Assert.True(await returned.ConnectCircuitAsync(lost[0].Secret, lost[0]));
        using var ended = await ada.PostAsync(
            "/_blazor/disconnect", new Dictionary<string, string>(StringComparer.Ordinal) { ["circuitId"] = lost[1].Secret });
        await Patience.UntilAsync(() => Task.FromResult(meters.Read("accounts.pages.circuits") == 2));
        await using var next = await site.OpenAsync(ada);
    }

    // Guard: the counts of components per session and per user.
    [Theory]
    [InlineData("OpenPages:ComponentsPerSession", "This browser's pages may have 10 root components together")]
    [InlineData("OpenPages:ComponentsPerUser", "Your pages may have 10 root components on all your devices")]
    public async Task All_pages_together_may_have_only_so_many_components(string limit, string reason)
    {
        await using var site = await StartAsync(AccountsSite.DiscardLostCircuits, (limit, "10"));
        using var meters = new Meters(site.Get<IMeterFactory>());
        using var ada = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        await using var first = await site.OpenAsync(ada);
        var each = meters.Read("accounts.pages.components");
        Assert.InRange(each, 4, 5);
        await using var second = await site.OpenAsync(ada);

        var refused = await Assert.ThrowsAsync<RawCircuitException>(() => site.OpenAsync(ada));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        if (limit.EndsWith("PerUser", StringComparison.Ordinal))
            Assert.Contains(reason, (await Assert.ThrowsAsync<RawCircuitException>(() => site.OpenAsync(phone))).Message, StringComparison.Ordinal);
        else
            await (await site.OpenAsync(phone)).DisposeAsync();

        await second.DisposeAsync();
        await Patience.UntilAsync(() => Task.FromResult(meters.Read("accounts.pages.components") == each));
        await using var third = await site.OpenAsync(ada);
    }

    // Guard: UpdateAsync in SessionHubFilter counts from nothing for a resumed circuit. The browser sends its components again.
    [Fact]
    public async Task A_page_can_be_resumed_again_and_again()
    {
        await using var site = await StartAsync(AccountsSite.DiscardLostCircuits, ("OpenPages:ComponentsPerPage", "9"));
        using var meters = new Meters(site.Get<IMeterFactory>());
        using var ada = await site.SignInAsync(Ada);
        var page = new Uri(site.Address, Page);
        var markers = PageMarkers.Read(page, await ada.ReadAsync(Page));
        var circuit = await RawCircuit.ConnectAsync(site.Address, ada.CookieHeader);
        await circuit.StartAsync(page, markers);
        var secret = circuit.Secret;
        for (var round = 0; round < 4; round++)
        {
            circuit.Abort();
            await Patience.UntilAsync(() => Task.FromResult(meters.Read("accounts.pages.circuits") == 0));
            circuit = await RawCircuit.ConnectAsync(site.Address, ada.CookieHeader);
            secret = Assert.IsType<string>(await circuit.InvokeAsync("ResumeCircuit", secret, site.Address.AbsoluteUri, page.AbsoluteUri, "[]", ""));
            await circuit.InvokeAsync("UpdateRootComponents", markers.AddAll(), markers.State);
            Assert.Equal(markers.Components.Count, meters.Read("accounts.pages.components"));
        }

        Assert.Equal(0, meters.Read("accounts.pages.refused"));
        await circuit.DisposeAsync();
    }

    // Guard: TryAdd in UpdateAsync. The framework starts a component as often as its marker is sent.
    [Fact]
    public async Task A_page_cannot_start_its_components_again_and_again()
    {
        await using var site = await StartAsync(null, ("OpenPages:ComponentsPerPage", "12"));
        using var ada = await site.SignInAsync(Ada);
        await using var circuit = await site.OpenAsync(ada);
        var markers = PageMarkers.Read(new Uri(site.Address, Page), await ada.ReadAsync(Page));
        var started = markers.Components.Count;

        // Each addition is taken until the limit; then none is.
        var next = 100;
        for (; started < 12; started++)
            await UpdateAsync(circuit, Operation("add", ++next, markers));
        // Blazor doesn't wait for this call's answer. So the page gets an error, which shows, and its connection ends.
        await circuit.SendAsync("UpdateRootComponents", Batch(Operation("add", ++next, markers)), "");
        Assert.Contains("A page may have 12 root components, and this one would have 13",
            await circuit.ErrorPushed.WaitAsync(Patience.Limit), StringComparison.Ordinal);
        await circuit.Closed.WaitAsync(Patience.Limit);

        // The enum's number, another case and a second name say the same to the framework.
        foreach (var spelling in new[] { "\"type\":0", "\"Type\":\"ADD\"", "\"type\":\"remove\",\"Type\":\"add\"" })
            await RefusedAsync(await ReturnAsync(), $$"""{{{spelling}},"ssrComponentId":{{++next}},"marker":{{markers.Components[0]}}}""");

        // A component that goes makes room for one, also after a reconnect.
        await using (var returned = await ReturnAsync())
        {
            await UpdateAsync(returned, Operation("remove", 101, markers));
            await UpdateAsync(returned, Operation("add", ++next, markers));
        }

        await RefusedAsync(await ReturnAsync(), Operation("add", ++next, markers));

        async Task<RawCircuit> ReturnAsync()
        {
            var returned = await RawCircuit.ConnectAsync(site.Address, ada.CookieHeader);
            Assert.True(await returned.ConnectCircuitAsync(circuit.Secret, circuit));
            return returned;
        }

        static async Task RefusedAsync(RawCircuit returned, string operation)
        {
            await returned.SendAsync("UpdateRootComponents", Batch(operation), "");
            Assert.Contains("A page may have 12", await returned.ErrorPushed.WaitAsync(Patience.Limit), StringComparison.Ordinal);
            await returned.Closed.WaitAsync(Patience.Limit);
            await returned.DisposeAsync();
        }
    }

    // The framework ends such a circuit. If it didn't, such removals would make room for components that nobody removed.
    [Fact]
    public async Task Removing_a_component_that_is_not_there_makes_no_room()
    {
        await using var site = await StartAsync(null);
        using var ada = await site.SignInAsync(Ada);
        await using var circuit = await site.OpenAsync(ada);
        var markers = PageMarkers.Read(new Uri(site.Address, Page), await ada.ReadAsync(Page));
        await UpdateAsync(circuit, Operation("add", 100, markers));
        await UpdateAsync(circuit, Operation("remove", 999, markers));
        await Assert.ThrowsAnyAsync<Exception>(() => UpdateAsync(circuit, Operation("add", 101, markers)));
    }

    private static async Task<AccountsSite> StartAsync(Action<IServiceCollection>? services, params (string Key, string Value)[] settings)
    {
        var site = AccountsSite.Start(services: services, settings: settings);
        await site.RegisterAsync(Ada);
        return site;
    }

    private static string Operation(string type, int component, PageMarkers markers)
    {
        var operation = new JsonObject { ["type"] = type, ["ssrComponentId"] = component };
        if (type is "add")
            operation["marker"] = JsonNode.Parse(markers.Components[0]);
        return operation.ToJsonString();
    }

    private static Task UpdateAsync(RawCircuit circuit, string operation) =>
        circuit.InvokeAsync("UpdateRootComponents", Batch(operation), "");

    private static string Batch(string operation) => $$"""{"batchId":2,"operations":[{{operation}}]}""";
}
