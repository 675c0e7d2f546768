using System.Net;
using System.Text;
using Microsoft.AspNetCore.SignalR;

namespace Accounts.Tests.Fixtures.Circuits;

/// <summary>Proves the raw client on a site without defences. Tests of a defended site must show that it prevents each of these.</summary>
public sealed class RawCircuitTests
{
    [Fact]
    public async Task A_click_runs_its_handler_every_time()
    {
        await using var site = await CounterSite.StartAsync();
        await using var client = await site.OpenAsync();
        Assert.NotEmpty(client.Secret);
        Assert.Contains("Counter & coCount: 0;", client.Page.Text, StringComparison.Ordinal);

        for (var press = 1; press <= 15; press++)
        {
            await client.ClickAsync("Count");
            await client.WaitForBatchAsync(c => c.Page.Text.Contains($"Count: {press};", StringComparison.Ordinal), Patience.Limit);
        }

        Assert.Contains("Count: 7;", client.Texts, StringComparer.Ordinal);
        Assert.Equal(ClickOutcome.Done, await client.TryClickAsync("Count"));
    }

    [Fact]
    public async Task The_page_follows_moved_and_removed_rows()
    {
        await using var site = await CounterSite.StartAsync();
        await using var client = await site.OpenAsync();
        await PressAsync(client, "Turn around", "four,three,two,one,");
        await PressAsync(client, "Drop the first", "three,two,one,");
        Assert.Equal(3, client.Page.ClickHandlers("Pick").Count);
        Assert.Null(client.FindClickHandler("Pick four"));

        await PressAsync(client, "Pick two", "two,");
        Assert.Single(client.Page.ClickHandlers("Pick"));
    }

    [Fact]
    public async Task The_client_notices_a_navigation_but_does_not_follow_it()
    {
        await using var site = await CounterSite.StartAsync();
        await using var client = await site.OpenAsync();

        // The answer comes after the rendering, so the next press uses the current buttons.
        Assert.Equal(ClickOutcome.Done, await client.TryClickAsync("Leave"));

        Assert.EndsWith("/elsewhere", await client.NavigationPushed.WaitAsync(Patience.Limit), StringComparison.Ordinal);
        Assert.Equal(ClickOutcome.Done, await client.TryClickAsync("Count"));
        Assert.False(client.Closed.IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stock_Blazor_asks_for_nothing_but_the_secret(bool dropFirst)
    {
        await using var site = await CounterSite.StartAsync();
        await using var first = await site.OpenAsync();
        if (dropFirst)
        {
            first.Abort();
            await first.Closed.WaitAsync(Patience.Limit);
        }

        await using var second = await RawCircuit.ConnectAsync(site.Page, null);
        Assert.True(await second.ConnectCircuitAsync(first.Secret, first));
        Assert.Equal(ClickOutcome.Done, await second.TryClickAsync("Count"));
        await second.WaitForBatchAsync(c => c.Page.Text.Contains("Count: 1;", StringComparison.Ordinal), Patience.Limit);

        await using var third = await RawCircuit.ConnectAsync(site.Page, null);
        Assert.False(await third.ConnectCircuitAsync("no such secret"));
    }

    [Fact]
    public async Task A_stranger_with_only_the_secret_reads_the_next_changes()
    {
        await using var site = await CounterSite.StartAsync();
        await using var first = await site.OpenAsync();
        var count = first.FindClickHandler("Count")!.Value;

        await using var second = await RawCircuit.ConnectAsync(site.Page, null);
        Assert.True(await second.ConnectCircuitAsync(first.Secret));
        Assert.Equal(ClickOutcome.Done, await second.TryClickAsync(count));
        await second.WaitForBatchAsync(c => c.Texts.Contains("Count: 1;", StringComparer.Ordinal), Patience.Limit);
    }

    [Fact]
    public async Task A_click_without_a_circuit_closes_the_connection_and_does_not_throw()
    {
        await using var site = await CounterSite.StartAsync();
        await using var client = await RawCircuit.ConnectAsync(site.Page, null);

        Assert.Equal(ClickOutcome.Closed, await client.TryClickAsync(1UL));
        await client.Closed.WaitAsync(Patience.Limit);
        await client.ClickAsync(1UL);
        Assert.NotEmpty(await client.ErrorPushed.WaitAsync(Patience.Limit));
        await Assert.ThrowsAsync<RawCircuitException>(() => client.InvokeAsync("ConnectCircuit", "any"));
    }

    [Fact]
    public async Task A_broken_circuit_accepts_no_more_clicks_and_its_secret_is_void()
    {
        await using var site = await CounterSite.StartAsync();
        await using var client = await site.OpenAsync();

        Assert.Equal(ClickOutcome.Broken, await client.TryClickAsync("Break"));
        await client.ErrorPushed.WaitAsync(Patience.Limit);
        await site.CircuitClosed.WaitAsync(Patience.Limit);

        Assert.Equal(ClickOutcome.Closed, await client.TryClickAsync("Count"));
        Assert.DoesNotContain("Count: 1;", client.Texts, StringComparer.Ordinal);
        await using var second = await RawCircuit.ConnectAsync(site.Page, null);
        Assert.False(await second.ConnectCircuitAsync(client.Secret));
    }

    [Fact]
    public async Task A_click_on_a_missing_handler_leaves_the_circuit_working()
    {
        await using var site = await CounterSite.StartAsync();
        await using var client = await site.OpenAsync();

        Assert.Equal(ClickOutcome.Failed, await client.TryClickAsync(999_999UL));
        Assert.Equal(ClickOutcome.Done, await client.TryClickAsync("Count"));
    }

    [Fact]
    public async Task A_call_refused_by_a_filter_differs_from_a_closed_connection()
    {
        var filter = new RefusingFilter();
        await using var site = await CounterSite.StartAsync(filter);
        await using var client = await site.OpenAsync();
        filter.Refuses = true;

        Assert.Equal(ClickOutcome.Refused, await client.TryClickAsync("Count"));
        var refusal = await Assert.ThrowsAsync<RawCircuitException>(() => client.InvokeAsync("ConnectCircuit", client.Secret));
        Assert.Contains("Not today.", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Count: 1;", client.Texts, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_connection_refused_after_the_handshake_ends_with_a_reason()
    {
        await using var site = await CounterSite.StartAsync(new RefusingFilter());
        await using var client = await RawCircuit.ConnectAsync(
            site.Page, "name=value", new RawCircuitOptions { Origin = "https://evil.example" });

        await client.Closed.WaitAsync(Patience.Limit);
        Assert.Contains("Not with value.", client.CloseReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_socket_reports_its_status()
    {
        await using var site = await CounterSite.StartAsync(hubStatus: HttpStatusCode.ServiceUnavailable);
        var refusal = await Assert.ThrowsAsync<RawCircuitException>(() => site.OpenAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refusal.Status);
    }

    [Fact]
    public async Task A_page_without_components_opens_no_circuit()
    {
        var refusal = await Assert.ThrowsAsync<RawCircuitException>(
            () => RawCircuit.OpenAsync(new Uri("http://127.0.0.1:9/"), null, "<html><!-- Blazor is not here --></html>"));
        Assert.Contains("no interactive server component", refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<int> Lengths => [0, 1, 15, 16, 31, 32, 127, 128, 255, 256, 65_535, 65_536, 70_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Texts_bytes_and_lists_of_every_length_round_trip(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        object?[] message = [6L, new string('é', length), bytes, new object?[length], new Dictionary<string, object?>(StringComparer.Ordinal)];

        ReadOnlySpan<byte> sent = [.. BlazorPack.Frame(message), .. BlazorPack.Frame([6L])];
        Assert.True(BlazorPack.TryTakeFrame(ref sent, out var back));
        Assert.Equal(message, back);
        Assert.True(BlazorPack.TryTakeFrame(ref sent, out var ping));
        Assert.Equal([6L], ping);
        Assert.True(sent.IsEmpty);
    }

    [Fact]
    public void Numbers_of_every_size_round_trip()
    {
        for (var shift = 0; shift < 64; shift++)
        {
            foreach (var number in new[] { 1L << shift, (1L << shift) - 1, -(1L << shift), -(1L << shift) - 1 })
                Assert.Equal(number, BlazorPack.Decode(BlazorPack.Encode(number)));
        }

        foreach (var value in new object?[] { null, true, false, 1.5, double.MinValue })
            Assert.Equal(value, BlazorPack.Decode(BlazorPack.Encode(value)));
        Assert.Equal(200L, BlazorPack.Decode([0xCC, 200]));
        Assert.Equal(65_535L, BlazorPack.Decode([0xCD, 0xFF, 0xFF]));
        Assert.Equal(0.5, BlazorPack.Decode([0xCA, 0x3F, 0, 0, 0]));
    }

    [Fact]
    public void An_incomplete_frame_waits_for_the_rest()
    {
        var whole = BlazorPack.Frame([1L, "half", Encoding.UTF8.GetBytes(new string('x', 200))]);
        for (var length = 0; length < whole.Length; length++)
        {
            ReadOnlySpan<byte> part = whole.AsSpan(0, length);
            Assert.False(BlazorPack.TryTakeFrame(ref part, out _));
            Assert.Equal(length, part.Length);
        }
    }

    private static async Task PressAsync(RawCircuit client, string button, string rows)
    {
        await client.ClickAsync(button);
        await client.WaitForBatchAsync(c => c.Page.Text.EndsWith("Leave" + rows, StringComparison.Ordinal), Patience.Limit);
    }

    private sealed class RefusingFilter : IHubFilter
    {
        public bool Refuses { get; set; }

        public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
        {
            var request = context.Context.GetHttpContext()!.Request;
            return request.Headers.Origin == "https://evil.example" ? throw new HubException($"Not with {request.Cookies["name"]}.") : next(context);
        }

        public ValueTask<object?> InvokeMethodAsync(HubInvocationContext call, Func<HubInvocationContext, ValueTask<object?>> next) =>
            Refuses && call.HubMethodName is "BeginInvokeDotNetFromJS" or "ConnectCircuit" ? throw new HubException("Not today.") : next(call);
    }
}
