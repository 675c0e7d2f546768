using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Accounts.Tests.Fixtures.Circuits;

/// <summary>A stock Blazor Server site with one page of buttons. It proves the raw client on a site without defences.</summary>
public sealed class CounterSite : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Ends ends;

    private CounterSite(WebApplication app, Ends ends) => (this.app, this.ends) = (app, ends);

    public Uri Page => new(new Uri(app.Urls.First()), CounterPage.Path);

    /// <summary>Completes when a circuit has been discarded: from then on, no connection reaches it.</summary>
    public Task CircuitClosed => ends.Closed.Task;

    /// <summary>Starts the site on a free port.</summary>
    /// <param name="filter">If given, sees every hub call first.</param>
    /// <param name="hubStatus">If given, the server refuses every hub request with this status.</param>
    public static async Task<CounterSite> StartAsync(IHubFilter? filter = null, HttpStatusCode? hubStatus = null)
    {
        var circuits = new Ends();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddSingleton<CircuitHandler>(circuits);
        builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub =>
        {
            if (filter is not null)
                hub.AddFilter(filter);
        });
        var site = builder.Build();
        site.Use((context, next) =>
        {
            if (hubStatus is null || !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal))
                return next(context);
            context.Response.StatusCode = (int)hubStatus;
            return Task.CompletedTask;
        });
        site.UseRouting();
        site.UseAntiforgery();
        site.MapRazorComponents<CounterDocument>().AddInteractiveServerRenderMode();
        await site.StartAsync();
        return new CounterSite(site, circuits);
    }

    /// <summary>Reads the page and opens its circuit.</summary>
    public async Task<RawCircuit> OpenAsync()
    {
        using var http = new HttpClient();
        return await RawCircuit.OpenAsync(Page, null, await http.GetStringAsync(Page));
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private sealed class Ends : CircuitHandler
    {
        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            Closed.TrySetResult();
            return Task.CompletedTask;
        }
    }
}

/// <summary>The whole document: it shows the same page at every address.</summary>
public sealed class CounterDocument : ComponentBase
{
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.AddMarkupContent(0, "<!DOCTYPE html><html><head><base href=\"/\"></head><body>");
        builder.OpenComponent<CounterPage>(1);
        builder.AddComponentRenderMode(new InteractiveServerRenderMode(prerender: false));
        builder.CloseComponent();
        builder.AddMarkupContent(2, "</body></html>");
    }
}

/// <summary>Buttons for every kind of change: a text, a new handler, a label, an order, a removal, a fault, a navigation.</summary>
[Route(Path)]
public sealed class CounterPage : ComponentBase
{
    public const string Path = "/fixtures/counter";
    private string[] rows = ["one", "two", "three", "four"];
    private int count;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.AddMarkupContent(0, "<h1>Counter &amp; co</h1>");
        builder.AddContent(1, $"Count: {count};");

        // A handler that captures changing state is new after each press, as in any list.
        var next = count + 1;
        (string Text, Action Press)[] buttons =
        [
            ("Count", () => count = next),
            ("Turn around", () => Array.Reverse(rows)),
            ("Drop the first", () => rows = rows[1..]),
            ("Break", () => throw new InvalidOperationException("This button breaks the circuit.")),
            ("Leave", () => Navigation.NavigateTo("/elsewhere", forceLoad: true)),
        ];
        foreach (var (text, press) in buttons)
        {
            builder.OpenElement(2, "button");
            builder.AddAttribute(3, "onclick", EventCallback.Factory.Create(this, press));
            builder.OpenComponent<Caption>(4);
            builder.AddComponentParameter(5, nameof(Caption.Text), text);
            builder.CloseComponent();
            builder.CloseElement();
        }

        builder.OpenRegion(6);
        foreach (var row in rows)
        {
            builder.OpenElement(0, "p");
            builder.SetKey(row);
            builder.AddContent(1, row + ",");
            builder.OpenElement(2, "button");
            builder.AddAttribute(3, "aria-label", $"Pick {row}");
            builder.AddAttribute(4, "onclick", EventCallback.Factory.Create(this, () => rows = [row]));
            builder.CloseElement();
            builder.CloseElement();
        }

        builder.CloseRegion();
    }

    /// <summary>A button whose text is a component of its own, as in component libraries.</summary>
    public sealed class Caption : ComponentBase
    {
        [Parameter]
        public string Text { get; set; } = "";

        protected override void BuildRenderTree(RenderTreeBuilder builder) =>
            builder.AddMarkupContent(0, $"<span class=\"caption\"><b>{Text}</b></span>");
    }
}
