using System.Net.WebSockets;

namespace Accounts.Tests.Fixtures.Circuits;

/// <summary>How a raw client reaches the hub, and what it claims to be.</summary>
public sealed record RawCircuitOptions
{
    /// <summary>The Origin header. Null sends none, unlike any browser.</summary>
    public string? Origin { get; init; }

    /// <summary>More headers for the request that opens the socket.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Makes the connection, for example one that trusts a test certificate. Null uses a plain one.</summary>
    public HttpMessageInvoker? Invoker { get; init; }

    /// <summary>How long to wait for any single answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Opens a socket to the site's hub. A refusal throws <see cref="RawCircuitException"/>.</summary>
    public async Task<WebSocket> DialAsync(Uri site, string? cookieHeader)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in Headers)
            socket.Options.SetRequestHeader(name, value);
        if (!string.IsNullOrEmpty(cookieHeader))
            socket.Options.SetRequestHeader("Cookie", cookieHeader);
        if (Origin is not null)
            socket.Options.SetRequestHeader("Origin", Origin);

        var secure = string.Equals(site.Scheme, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
        var address = new UriBuilder(new Uri(site, "/_blazor")) { Scheme = secure ? Uri.UriSchemeWss : Uri.UriSchemeWs }.Uri;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(address, Invoker, patience.Token);
            return socket;
        }
        catch (WebSocketException failure)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new RawCircuitException($"The server refused the socket: {failure.Message}", failure)
            {
                Status = Enum.IsDefined(status) ? status : null,
            };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
