using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Accounts.Tests.Fixtures;

/// <summary>The network link to a server: a browser's to the site, or the program's to PostgreSQL. A test can cut and mend it.</summary>
/// <remarks>It forwards bytes and doesn't interpret them. It can replace some.</remarks>
public sealed class Cable : IAsyncDisposable
{
    private enum End
    {
        Near,
        NearCut,
        Far,
    }

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, End> _open = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private readonly int _target;
    private volatile bool _cut;
    private volatile bool _dropping;
    private (byte[] Text, byte[] Replacement)? _replaced;

    public Cable(Uri site)
        : this(site.Port)
    {
    }

    /// <param name="port">The server's port on this machine.</param>
    public Cable(int port)
    {
        _target = port;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Address = new Uri($"http://localhost:{Port}/");
        _accepting = AcceptAsync();
    }

    /// <summary>The site's address through the cable.</summary>
    public Uri Address { get; }

    /// <summary>The server's port through the cable.</summary>
    public int Port { get; }

    /// <summary>Loses what the server sends from now on, until the cable is cut. The server still receives everything.</summary>
    public void DropAnswers() => _dropping = true;

    /// <summary>Replaces a text in what the server sends on later connections. Its length stays, so the protocol doesn't notice.</summary>
    public void ReplaceInAnswers(string text, string replacement)
    {
        Assert.Equal(text.Length, replacement.Length);
        _replaced = (Encoding.ASCII.GetBytes(text), Encoding.ASCII.GetBytes(replacement));
    }

    /// <summary>Closes open connections and accepts no new ones.</summary>
    public void Cut()
    {
        _cut = true;
        Close();
        _dropping = false;
    }

    public void Mend() => _cut = false;

    /// <summary>Closes the clients' ends of open connections. The server doesn't hear of it. New connections are accepted.</summary>
    public void CutNearEnd()
    {
        foreach (var (near, _) in _open.Where(socket => socket.Value == End.Near))
        {
            _open[near] = End.NearCut;
            near.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        _disposed.SetResult();
        Close();
        await _accepting;
    }

    private void Close()
    {
        foreach (var socket in _open.Keys)
            socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                if (_cut)
                    near.Dispose();
                else
                    _ = CarryAsync(near);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (near)
        {
            (_open[near], _open[far]) = (End.Near, End.Far);
            // The cable may have been cut before the sockets were listed: that cut missed them.
            if (_cut)
                Close();
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(CopyAsync(near, far, () => false, null), CopyAsync(far, near, () => _dropping, _replaced));
            }
            catch (SocketException)
            {
                // The server has stopped.
            }

            if (_open.TryRemove(near, out var end) && end == End.NearCut)
                await _disposed.Task;
            _open.TryRemove(far, out _);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, Func<bool> drops, (byte[] Text, byte[] Replacement)? replaced)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var target = new NetworkStream(to);
            var buffer = new byte[16 * 1024];
            while (await source.ReadAsync(buffer) is > 0 and var count)
            {
                if (replaced is { } change && buffer.AsSpan(0, count).IndexOf(change.Text) is >= 0 and var at)
                    change.Replacement.CopyTo(buffer, at);
                if (!drops())
                    await target.WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException)
        {
            // The cable was cut.
        }
    }
}
