using System.Collections.Concurrent;
using System.Text.Json;

namespace Accounts.Tests.Fixtures.Circuits;

/// <summary>Acts as a hostile browser: it holds a circuit, presses buttons, and records pushes without obeying them.</summary>
/// <remarks>It acknowledges batches and script calls only because the server stops sending to a silent client.</remarks>
public sealed partial class RawCircuit : IAsyncDisposable
{
    private const string AllLoaded = "JS.EndUpdateRootComponents";
    private const string AttachInterop = "Blazor._internal.attachWebRendererInterop";
    private const string NavigateTo = "Blazor._internal.navigationManager.navigateTo";
    private readonly RawCircuitOptions options;
    private readonly ConcurrentQueue<string> navigations = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly ConcurrentQueue<string> pushes = new();
    private readonly TaskCompletionSource<string> navigated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RawHub? hub;

    private RawCircuit(RawCircuitOptions options) => this.options = options;

    /// <summary>The circuit's bearer token. Empty until a circuit has been started or joined.</summary>
    public string Secret { get; private set; } = "";

    /// <summary>The renderer's id, which events must name. Null until the server has sent it.</summary>
    public long? InteropId { get; private set; }

    /// <summary>The page as this client would see it.</summary>
    public RenderedPage Page { get; private set; } = new();

    /// <summary>Every text ever received, oldest first.</summary>
    public IReadOnlyList<string> Texts => Page.Texts;

    /// <summary>The names of all pushes received, oldest first. A script call appears under the script's name.</summary>
    public IReadOnlyList<string> Pushes => [.. pushes];

    /// <summary>Every address that the server told this client to open.</summary>
    public IReadOnlyList<string> Navigations => [.. navigations];

    /// <summary>Every error the server reported to this client.</summary>
    public IReadOnlyList<string> Errors => [.. errors];

    /// <summary>Completes with the first address that the server told this client to open.</summary>
    public Task<string> NavigationPushed => navigated.Task;

    /// <summary>Completes with the first error that the server reported to this client.</summary>
    public Task<string> ErrorPushed => failed.Task;

    /// <summary>Completes when either side has closed the connection.</summary>
    public Task Closed => Hub.Closed;

    /// <summary>Why the connection closed, if either side gave a reason.</summary>
    public string? CloseReason => Hub.CloseReason;

    private RawHub Hub => hub ?? throw new InvalidOperationException("The client is not connected yet.");

    /// <summary>Connects and completes the hub's handshake, but starts no circuit.</summary>
    /// <param name="site">Any address of the site.</param>
    public static async Task<RawCircuit> ConnectAsync(Uri site, string? cookieHeader, RawCircuitOptions? options = null)
    {
        var client = new RawCircuit(options ?? new RawCircuitOptions());
        var socket = await client.options.DialAsync(site, cookieHeader);
        client.hub = await RawHub.GreetAsync(socket, client.options.Patience, client.OnPushAsync);
        return client;
    }

    /// <summary>Opens the page's circuit like a browser. Returns once its components have loaded and can receive events.</summary>
    /// <remarks>The server reports that only after every component has initialised. A component that never finishes causes a timeout here.</remarks>
    public static async Task<RawCircuit> OpenAsync(Uri page, string? cookieHeader, string html, RawCircuitOptions? options = null)
    {
        var markers = PageMarkers.Read(page, html);
        if (markers.Components.Count == 0)
            throw new RawCircuitException($"The page {page} has no interactive server component.");
        var client = await ConnectAsync(page, cookieHeader, options);
        try
        {
            await client.StartAsync(page, markers);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the page's circuit on this connection, like <see cref="OpenAsync"/>.</summary>
    public async Task StartAsync(Uri page, PageMarkers markers)
    {
        Secret = await InvokeAsync("StartCircuit", markers.BaseUri.ToString(), page.ToString(), "[]", markers.State) as string
            ?? throw new RawCircuitException($"The server started no circuit. {string.Join(' ', Errors)}");
        await SendAsync("UpdateRootComponents", markers.AddAll(), markers.State);
        await WaitForBatchAsync(client => client is { InteropId: not null, Page.Batches: > 0 } && client.HasReceived(AllLoaded), options.Patience);
    }

    /// <summary>Sends a circuit's secret and returns whether the server accepted it.</summary>
    /// <param name="before">A client that held the circuit. This client takes over its page and its renderer id.</param>
    public async Task<bool> ConnectCircuitAsync(string secret, RawCircuit? before = null)
    {
        if (before is not null)
            (Page, InteropId) = (before.Page, before.InteropId);
        if (await InvokeAsync("ConnectCircuit", secret) is not true)
            return false;
        Secret = secret;
        return true;
    }

    /// <summary>Calls a hub method and waits for its answer. A refusal or a closed connection throws <see cref="RawCircuitException"/>.</summary>
    public Task<object?> InvokeAsync(string method, params object?[] args) => Hub.InvokeAsync(method, args);

    /// <summary>Calls a hub method without asking for an answer.</summary>
    public Task SendAsync(string method, params object?[] args) => Hub.SendAsync(method, args);

    /// <summary>Waits until the condition holds, and checks it after every push. Throws if the connection closes.</summary>
    public async Task WaitForBatchAsync(Func<RawCircuit, bool> predicate, TimeSpan timeout)
    {
        using var patience = new CancellationTokenSource(timeout);
        while (true)
        {
            var next = Volatile.Read(ref changed).Task;
            // Checks first: what arrived just before the end counts.
            var over = Closed.IsCompleted;
            if (predicate(this))
                return;
            if (over)
                throw new RawCircuitException($"The connection closed while the client waited. {CloseReason} {Describe()}")
                {
                    ConnectionEnded = true,
                };
            try
            {
                await Task.WhenAny(next, Closed).WaitAsync(patience.Token);
            }
            catch (OperationCanceledException late)
            {
                throw new TimeoutException($"Still waiting after {timeout}. {Describe()}", late);
            }
        }
    }

    private string Describe() => $"Errors: {string.Join(' ', Errors)} Navigations: {string.Join(' ', Navigations)} Last pushes: "
        + $"{string.Join(' ', Pushes.TakeLast(8))} Page: {Page.Text}";

    /// <summary>Drops the connection without a close message, like a lost network. The circuit stays on the server.</summary>
    public void Abort() => Hub.Abort();

    /// <summary>Closes the connection. The circuit stays on the server.</summary>
    public ValueTask DisposeAsync() => hub?.DisposeAsync() ?? ValueTask.CompletedTask;

    private bool HasReceived(string push) => pushes.Contains(push, StringComparer.Ordinal);

    private async Task OnPushAsync(string target, object?[] args)
    {
        pushes.Enqueue(target is "JS.BeginInvokeJS" && args is [_, string script, ..] ? script : target);
        switch (target, args)
        {
            case ("JS.RenderBatch", [long batch, byte[] data]):
                Page.Apply(batch, data);
                await AnswerAsync("OnRenderCompleted", batch, null);
                break;
            case ("JS.BeginInvokeJS", [long handle, string identifier, var scriptArgs, ..]):
                TakeNote(identifier, scriptArgs as string ?? "[]");
                if (handle != 0)
                    await AnswerAsync("EndInvokeJSFromDotNet", handle, true, $"[{handle},true,null]");
                break;
            case ("JS.EndInvokeDotNet", [string click, bool success, ..]):
                ClickAnswered(click, success);
                break;
            case ("JS.Error", [string error, ..]):
                errors.Enqueue(error);
                failed.TrySetResult(error);
                break;
        }

        Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private void TakeNote(string identifier, string argsJson)
    {
        using var args = JsonDocument.Parse(argsJson);
        if (identifier is AttachInterop)
        {
            InteropId = args.RootElement[1].GetProperty("__dotNetObject").GetInt64();
        }
        else if (identifier is NavigateTo)
        {
            var address = args.RootElement[0].GetString() ?? "";
            navigations.Enqueue(address);
            navigated.TrySetResult(address);
        }
    }

    private async Task AnswerAsync(string method, params object?[] args)
    {
        try
        {
            await hub!.SendAsync(method, args);
        }
        catch (RawCircuitException)
        {
            // The connection closed before the answer came. Closed has the reason.
        }
    }
}
