using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Accounts.Benchmarks.Check;

/// <summary>A keep-alive connection that repeats one request and allocates nothing, so all allocations are the server's.</summary>
internal sealed class Connection : IDisposable
{
    private const string Expected = "HTTP/1.1 204";

    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _answer = new byte[16 * 1024];

    private Connection(byte[] request) => _request = request;

    public static async Task<Connection> OpenAsync(Uri page, string cookie)
    {
        var connection = new Connection(
            Encoding.ASCII.GetBytes($"GET {page.PathAndQuery} HTTP/1.1\r\nHost: {page.Authority}\r\nCookie: {cookie}\r\n\r\n"));
        await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, page.Port));
        return connection;
    }

    /// <summary>Sends the request until the given time.</summary>
    /// <returns>The number of responses.</returns>
    public async Task<long> RepeatAsync(long untilTimestamp, TimeProvider time)
    {
        for (var answered = 0L; ; answered++)
        {
            if (time.GetTimestamp() >= untilTimestamp)
                return answered;
            await _socket.SendAsync(_request.AsMemory());
            var length = 0;
            do
            {
                var received = await _socket.ReceiveAsync(_answer.AsMemory(length));
                if (received == 0)
                    throw new InvalidOperationException("The server closed the connection.");
                length += received;
            }
            while (!_answer.AsSpan(0, length).EndsWith(EndOfHead));
            if (!Ascii.Equals(_answer.AsSpan(0, Expected.Length), Expected))
                throw new InvalidOperationException($"Unexpected response: {Encoding.ASCII.GetString(_answer, 0, Math.Min(length, 200))}");
        }
    }

    public void Dispose() => _socket.Dispose();
}
