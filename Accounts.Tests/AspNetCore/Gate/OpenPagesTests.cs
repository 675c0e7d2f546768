using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Accounts.Tests.Fixtures;
using Accounts.Tests.Fixtures.Circuits;

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
        await using var site = await StartAsync((limit, "3"));
        using var meters = new Meters(site.Get<IMeterFactory>());
        using var ada = await site.SignInAsync(Ada);
        using var phone = await site.SignInAsync(Ada, Visitor.Phone);
        var open = new List<RawCircuit>();
        for (var number = 0; number < 3; number++)
            open.Add(await site.OpenAsync(ada));
        Assert.Equal(3, meters.Read("accounts.pages.open"));

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => site.OpenAsync(ada));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, meters.Read("accounts.pages.refused"));
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
        await Patience.UntilAsync(() => Task.FromResult(meters.Read("accounts.pages.open") == open.Count - 1));
        Assert.DoesNotContain("You have too many pages of Accounts open", await ada.ReadAsync(Page), StringComparison.Ordinal);
        open.Add(await site.OpenAsync(ada));
        foreach (var circuit in open)
            await circuit.DisposeAsync();
        await Patience.UntilAsync(() => Task.FromResult(meters.Read("accounts.pages.open") == 0));
    }

    // Guard: CheckComponents. The framework starts a component as often as its marker is sent.
    [Fact]
    public async Task A_page_cannot_start_its_components_again_and_again()
    {
        await using var site = await StartAsync(("OpenPages:ComponentsPerPage", "12"));
        using var ada = await site.SignInAsync(Ada);
        await using var circuit = await site.OpenAsync(ada);
        var markers = PageMarkers.Read(new Uri(site.Address, Page), await ada.ReadAsync(Page));
        var started = markers.Components.Count;

        // Each addition is taken until the limit; then none is.
        var next = 100;
        for (; started < 12; started++)
            await UpdateAsync(circuit, Operation("add", ++next, markers));
        var refused = await Assert.ThrowsAsync<RawCircuitException>(() => UpdateAsync(circuit, Operation("add", ++next, markers)));
        Assert.Contains("A page may have 12 root components, and this one would have 13", refused.Message, StringComparison.Ordinal);

        // The enum's number, another case and a second name say the same to the framework.
        foreach (var spelling in new[] { "\"type\":0", "\"Type\":\"ADD\"", "\"type\":\"remove\",\"Type\":\"add\"" })
        {
            var operation = $$"""{{{spelling}},"ssrComponentId":{{++next}},"marker":{{markers.Components[0]}}}""";
            await Assert.ThrowsAsync<RawCircuitException>(() => UpdateAsync(circuit, operation));
        }

        // A component that goes makes room for one, also after a reconnect.
        await UpdateAsync(circuit, Operation("remove", 101, markers));
        circuit.Abort();
        await using var returned = await RawCircuit.ConnectAsync(site.Address, ada.CookieHeader);
        Assert.True(await returned.ConnectCircuitAsync(circuit.Secret, circuit));
        await UpdateAsync(returned, Operation("add", ++next, markers));
        await Assert.ThrowsAsync<RawCircuitException>(() => UpdateAsync(returned, Operation("add", ++next, markers)));
    }

    // The framework ends such a circuit. If it didn't, such removals would make room for components that nobody removed.
    [Fact]
    public async Task Removing_a_component_that_is_not_there_makes_no_room()
    {
        await using var site = await StartAsync();
        using var ada = await site.SignInAsync(Ada);
        await using var circuit = await site.OpenAsync(ada);
        var markers = PageMarkers.Read(new Uri(site.Address, Page), await ada.ReadAsync(Page));
        await UpdateAsync(circuit, Operation("add", 100, markers));
        await UpdateAsync(circuit, Operation("remove", 999, markers));
        await Assert.ThrowsAnyAsync<Exception>(() => UpdateAsync(circuit, Operation("add", 101, markers)));
    }

    private static async Task<AccountsSite> StartAsync(params (string Key, string Value)[] settings)
    {
        var site = AccountsSite.Start(settings: settings);
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
        circuit.InvokeAsync("UpdateRootComponents", $$"""{"batchId":2,"operations":[{{operation}}]}""", "");
}
