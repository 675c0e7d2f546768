using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Accounts.Tests.Fixtures.Own;

/// <summary>A client of a SignalR hub, over a WebSocket and in JSON. It ignores pings.</summary>
/// <remarks>https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md</remarks>
internal sealed class HubClient : IDisposable
{
    private const char End = '\u001e';

    private readonly ClientWebSocket _socket = new();
    private readonly Queue<string> _messages = new();
    private int _calls;

    /// <exception cref="WebSocketException">The server refuses the connection.</exception>
    public static async Task<HubClient> ConnectAsync(Uri site, string path, string cookies, params (string Name, string Value)[] headers)
    {
        var client = new HubClient();
        client._socket.Options.SetRequestHeader("Cookie", cookies);
        foreach (var (name, value) in headers)
            client._socket.Options.SetRequestHeader(name, value);
        var address = new UriBuilder(new Uri(site, path)) { Scheme = "ws" }.Uri;
        await client._socket.ConnectAsync(address, CancellationToken.None).WaitAsync(Patience.Limit);
        await client.SendAsync(new { protocol = "json", version = 1 });
        return client;
    }

    /// <summary>Waits until the server has greeted this client; false if it closed the connection instead.</summary>
    public async Task<bool> IsGreetedAsync() => await ReadAsync() is "{}";

    /// <summary>Calls a method: its result, or "error"; null if the connection is closed.</summary>
    public async Task<string?> CallAsync(string method)
    {
        var id = (++_calls).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await SendAsync(new { type = 1, invocationId = id, target = method, arguments = Array.Empty<object>() });
        while (await ReadAsync() is { } text)
        {
            var message = JsonDocument.Parse(text).RootElement;
            if (message.TryGetProperty("invocationId", out var answered) && string.Equals(answered.GetString(), id, StringComparison.Ordinal))
                return message.TryGetProperty("result", out var result) ? result.GetString() : "error";
        }

        return null;
    }

    /// <summary>Waits until the server has closed the connection.</summary>
    public async Task ClosedAsync()
    {
        while (await ReadAsync() is not null)
        {
        }
    }

    public void Dispose() => _socket.Dispose();

    private Task SendAsync(object message) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(message) + End), WebSocketMessageType.Text, true, CancellationToken.None);

    private async Task<string?> ReadAsync()
    {
        var buffer = new byte[4096];
        while (_messages.Count == 0)
        {
            try
            {
                var read = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(Patience.Limit);
                if (read.MessageType == WebSocketMessageType.Close)
                    return null;
                foreach (var message in Encoding.UTF8.GetString(buffer, 0, read.Count).Split(End, StringSplitOptions.RemoveEmptyEntries))
                    _messages.Enqueue(message);
            }
            catch (WebSocketException)
            {
                return null;
            }
        }

        return _messages.Dequeue();
    }
}
