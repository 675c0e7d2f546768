using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Accounts.Tests.Fixtures.Circuits;

/// <summary>Talks to Blazor's hub over one socket: it sends calls, receives pushes, and acts on neither.</summary>
public sealed class RawHub : IAsyncDisposable
{
    private const byte HandshakeEnd = 0x1E;
    private static readonly object Headers = new Dictionary<string, object?>(StringComparer.Ordinal);
    private readonly WebSocket socket;
    private readonly TimeSpan patience;
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<object?>> calls = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task reading = Task.CompletedTask;
    private int lastCall;
    private int disposed;

    private RawHub(WebSocket socket, TimeSpan patience)
    {
        this.socket = socket;
        this.patience = patience;
    }

    /// <summary>Completes when either side has closed the connection.</summary>
    public Task Closed => closed.Task;

    /// <summary>Why the connection closed, if the server or the socket gave a reason.</summary>
    public string? CloseReason { get; private set; }

    /// <summary>Completes the handshake and starts to listen. Throws if the server refuses.</summary>
    public static async Task<RawHub> GreetAsync(WebSocket socket, TimeSpan patience, Func<string, object?[], Task> onPush)
    {
        var hub = new RawHub(socket, patience);
        var greeted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hello = Encoding.UTF8.GetBytes("""{"protocol":"blazorpack","version":1}""").Append(HandshakeEnd).ToArray();
        try
        {
            await socket.SendAsync(hello, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            hub.reading = hub.ReadAsync(greeted, onPush);
            await greeted.Task.WaitAsync(patience);
            return hub;
        }
        catch (Exception failure)
        {
            await hub.DisposeAsync();
            throw failure is WebSocketException ? new RawCircuitException("The connection broke during the handshake.", failure) : failure;
        }
    }

    /// <summary>Calls a hub method and waits for its answer. A refusal or a closed connection throws <see cref="RawCircuitException"/>.</summary>
    public async Task<object?> InvokeAsync(string method, params object?[] args)
    {
        var id = Interlocked.Increment(ref lastCall).ToString();
        var answer = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        calls[id] = answer;
        try
        {
            await WriteAsync([1, Headers, id, method, args, Array.Empty<object?>()]);
            var first = await Task.WhenAny(answer.Task, Closed).WaitAsync(patience);
            return first == Closed && !answer.Task.IsCompleted
                ? throw new RawCircuitException($"The connection closed before {method} was answered. {CloseReason}") { ConnectionEnded = true }
                : await answer.Task;
        }
        finally
        {
            calls.TryRemove(id, out _);
        }
    }

    /// <summary>Calls a hub method without asking for an answer.</summary>
    public Task SendAsync(string method, params object?[] args) => WriteAsync([1, Headers, null, method, args, Array.Empty<object?>()]);

    /// <summary>Drops the connection without a close message, like a lost network.</summary>
    public void Abort() => socket.Abort();

    /// <summary>Closes the socket cleanly but tells the circuit nothing, so the circuit stays on the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stopping.Token).WaitAsync(TimeSpan.FromSeconds(2));
                await reading.WaitAsync(TimeSpan.FromSeconds(2));
            }
        }
        catch (Exception failure)
            when (failure is WebSocketException or TimeoutException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side closed first, which is fine.
        }

        await stopping.CancelAsync();
        await reading;
        socket.Dispose();
        stopping.Dispose();
        closed.TrySetResult();
    }

    private async Task WriteAsync(object?[] message)
    {
        var frame = BlazorPack.Frame(message);
        try
        {
            await sending.WaitAsync();
            try
            {
                await socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None).WaitAsync(patience);
            }
            finally
            {
                sending.Release();
            }
        }
        catch (Exception failure)
            when (failure is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            throw new RawCircuitException($"The connection is closed. {CloseReason}", failure) { ConnectionEnded = true };
        }
    }

    private async Task ReadAsync(TaskCompletionSource greeted, Func<string, object?[], Task> onPush)
    {
        var chunk = new byte[16 * 1024];
        var waiting = new MemoryStream();
        try
        {
            while (true)
            {
                var got = await socket.ReceiveAsync(chunk.AsMemory(), stopping.Token);
                if (got.MessageType == WebSocketMessageType.Close)
                    break;
                waiting.Write(chunk, 0, got.Count);
                foreach (var message in Split(ref waiting, greeted))
                    await HandleAsync(message, onPush);
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            CloseReason ??= failure.Message;
        }
        catch (Exception failure)
        {
            // A message that this client can't read closes the connection, and the reason says so.
            CloseReason = failure.ToString();
            socket.Abort();
        }

        greeted.TrySetException(new RawCircuitException($"The connection closed during the handshake. {CloseReason}"));
        closed.TrySetResult();
    }

    /// <summary>Takes the complete messages off the stream and leaves the incomplete rest.</summary>
    private static List<object?[]> Split(ref MemoryStream waiting, TaskCompletionSource greeted)
    {
        ReadOnlySpan<byte> bytes = waiting.GetBuffer().AsSpan(0, (int)waiting.Length);
        var messages = new List<object?[]>();
        if (!greeted.Task.IsCompleted)
        {
            var end = bytes.IndexOf(HandshakeEnd);
            if (end < 0)
                return messages;
            var answer = Encoding.UTF8.GetString(bytes[..end]);
            if (answer.Contains("error", StringComparison.Ordinal))
                throw new RawCircuitException($"The server refused the handshake: {answer}");
            greeted.SetResult();
            bytes = bytes[(end + 1)..];
        }

        while (BlazorPack.TryTakeFrame(ref bytes, out var message))
            messages.Add(message);
        var rest = new MemoryStream();
        rest.Write(bytes);
        waiting = rest;
        return messages;
    }

    private async Task HandleAsync(object?[] message, Func<string, object?[], Task> onPush)
    {
        switch (message)
        {
            case [1L, _, _, string target, object?[] args, ..]:
                await onPush(target, args);
                break;
            case [3L, _, string id, long kind, .. var result]:
                if (!calls.TryGetValue(id, out var call))
                    break;
                if (kind == 1)
                    call.TrySetException(new RawCircuitException(result is [string error, ..] ? error : "The call failed."));
                else
                    call.TrySetResult(result is [var value, ..] ? value : null);
                break;
            case [6L, ..]:
                // Answers pings, because the server drops silent clients.
                await TryWriteAsync([6]);
                break;
            case [7L, .. var reason]:
                CloseReason = reason is [string why, ..] ? why : "The server closed the connection.";
                break;
        }
    }

    private async Task TryWriteAsync(object?[] message)
    {
        try
        {
            await WriteAsync(message);
        }
        catch (RawCircuitException)
        {
            // The reader will notice by itself.
        }
    }
}

/// <summary>The server refused a call or ended the connection.</summary>
public sealed class RawCircuitException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The status with which the server refused the socket, if that is what happened.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Whether the connection ended. False for a call that was refused on an open connection.</summary>
    public bool ConnectionEnded { get; init; }
}
