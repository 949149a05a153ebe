using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LlmOps.Containers;

namespace LlmOps.Tunnels;

/// <summary>The local end of a tunnel: listens on one port of one or more addresses and hands over each client that connects.</summary>
internal sealed class TunnelListener : IDisposable
{
    private const int Backlog = 1024;
    private const int PortAttempts = 20;
    private const int InternetProtocol = 0; // IPPROTO_IP and IP_FREEBIND, ip(7): Podman makes its bridge when the first container starts
    private const int FreeBind = 15;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    private readonly List<Socket> _sockets;
    private readonly bool _forContainers;

    private TunnelListener(List<Socket> sockets, bool forContainers)
    {
        _sockets = sockets;
        _forContainers = forContainers;
        Port = ((IPEndPoint)sockets[0].LocalEndPoint!).Port;
    }

    /// <summary>The port, the same on all addresses.</summary>
    public int Port { get; }

    /// <summary>Binds; from here on clients can connect, and wait until they are taken.</summary>
    /// <param name="addresses">The addresses of this machine.</param>
    /// <param name="port">The port; 0 takes one that is free on all of them.</param>
    /// <param name="forContainers">True for the address of a container engine's bridge: it may not be there yet, and only processes of this machine are let in.</param>
    /// <exception cref="LlmOpsException"><c>LocalPortInUse</c>, <c>LocalPortForbidden</c> or <c>BindAddressNotLocal</c>.</exception>
    public static TunnelListener Bind(IReadOnlyList<IPAddress> addresses, int port, bool forContainers = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sockets = new List<Socket>(addresses.Count);
            var chosen = port;
            try
            {
                foreach (var address in addresses)
                {
                    sockets.Add(Listen(address, chosen, forContainers));
                    chosen = ((IPEndPoint)sockets[0].LocalEndPoint!).Port;
                }

                return new TunnelListener(sockets, forContainers);
            }
            catch (SocketException refused)
            {
                sockets.ForEach(socket => socket.Dispose());
                if (port == 0 && refused.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < PortAttempts) continue;
                throw TunnelErrors.NotBound(addresses[sockets.Count], chosen, refused);
            }
        }
    }

    /// <summary>Takes clients until the token is cancelled.</summary>
    /// <param name="client">Called with each client; must not throw or block.</param>
    /// <param name="cancel">Ends the taking.</param>
    public Task AcceptAsync(Action<Socket> client, CancellationToken cancel) => Task.WhenAll(_sockets.Select(socket => AcceptAsync(socket, _forContainers ? Guarded(client) : client, cancel)));

    /// <summary>Closes the ports.</summary>
    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private static Action<Socket> Guarded(Action<Socket> client) => accepted =>
    {
        if (IsAdmitted(accepted)) client(accepted);
        else accepted.Dispose();
    };

    private static bool IsAdmitted(Socket client)
    {
        try
        {
            return client.RemoteEndPoint is IPEndPoint peer && ContainerPeers.Admits(peer.Address);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or NetworkInformationException or SocketException or ObjectDisposedException)
        {
            return false; // its bridge has just gone, and it with it
        }
    }

    private static Socket Listen(IPAddress address, int port, bool mayComeLater)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
            if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;
            if (mayComeLater && OperatingSystem.IsLinux()) socket.SetRawSocketOption(InternetProtocol, FreeBind, BitConverter.GetBytes(1));
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task AcceptAsync(Socket socket, Action<Socket> client, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                client(await socket.AcceptAsync(cancel).ConfigureAwait(false));
            }
            catch (SocketException)
            {
                // A client that left while it was waiting, or no file handles at present: neither ends the tunnel.
                await Task.Delay(Breath, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
