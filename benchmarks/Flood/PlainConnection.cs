using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Accounts.Benchmarks.Flood;

/// <summary>
/// A keep-alive connection that sends prepared requests and reads only the status of each response, so that it uses little CPU itself.
/// </summary>
internal sealed class PlainConnection : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] EndOfChunks = "\r\n0\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[128 * 1024];

    public static async Task<PlainConnection> OpenAsync(int port)
    {
        var connection = new PlainConnection();
        await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return connection;
    }

    /// <summary>Sends a request and waits for the whole response.</summary>
    /// <returns>The response's status code.</returns>
    public async Task<int> SendAsync(byte[] request)
    {
        await _socket.SendAsync(request.AsMemory());
        for (var length = 0; ;)
        {
            var received = await _socket.ReceiveAsync(_answer.AsMemory(length));
            if (received == 0)
                throw new InvalidOperationException("The server closed the connection.");
            length += received;
            if (IsWhole(_answer.AsSpan(0, length)))
                return int.Parse(Encoding.ASCII.GetString(_answer, 9, 3), CultureInfo.InvariantCulture);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf(EndOfHead);
        if (end < 0)
            return false;
        var head = Encoding.ASCII.GetString(answer[..end]);
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return answer.EndsWith(EndOfChunks);

        const string lengthHeader = "Content-Length: ";
        var at = head.IndexOf(lengthHeader, StringComparison.OrdinalIgnoreCase);
        var length = at < 0 ? 0 : int.Parse(head[(at + lengthHeader.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
        return answer.Length >= end + EndOfHead.Length + length;
    }
}
