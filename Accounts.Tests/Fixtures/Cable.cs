using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Accounts.Tests.Fixtures;

/// <summary>The network link between a browser and the site. A test can cut and mend it. It forwards bytes and doesn't interpret them.</summary>
public sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly Task _accepting;
    private readonly int _target;
    private volatile bool _cut;

    public Cable(Uri site)
    {
        _target = site.Port;
        _listener.Start();
        Address = new Uri($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    /// <summary>The site's address through the cable.</summary>
    public Uri Address { get; }

    /// <summary>Closes open connections and accepts no new ones.</summary>
    public void Cut()
    {
        _cut = true;
        Close();
    }

    public void Mend() => _cut = false;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
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
            _open[near] = _open[far] = 0;
            // The cable may have been cut before the sockets were listed: that cut missed them.
            if (_cut)
                Close();
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
            }
            catch (SocketException)
            {
                // The site has stopped.
            }

            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var target = new NetworkStream(to);
            await source.CopyToAsync(target);
        }
        catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException)
        {
            // The cable was cut.
        }
    }
}
