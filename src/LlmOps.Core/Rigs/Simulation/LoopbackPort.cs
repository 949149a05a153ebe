using System.Net;
using System.Net.Sockets;

namespace LlmOps.Rigs.Simulation;

/// <summary>Finds TCP ports on the loopback interface, below the range that the system gives to outgoing connections.</summary>
public static class LoopbackPort
{
    /// <summary>A port that nobody listens on.</summary>
    public static int Choose()
    {
        while (true)
        {
            var port = Random.Shared.Next(20000, 32000);
            if (IsFree(port)) return port;
        }
    }

    /// <summary>True if nobody listens on the port.</summary>
    /// <param name="port">The TCP port.</param>
    /// <param name="address">The address to listen on; null is 127.0.0.1.</param>
    public static bool IsFree(int port, IPAddress? address = null)
    {
        var end = new IPEndPoint(address ?? IPAddress.Loopback, port);
        using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        AllowAfterClose(socket);
        try
        {
            socket.Bind(end);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>
    /// Lets a socket take a port of which connections are still being closed, as servers do on Linux. .NET's own ReuseAddress would also
    /// let two servers share the port (SO_REUSEPORT).
    /// </summary>
    /// <param name="socket">The socket, not yet bound.</param>
    public static void AllowAfterClose(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        const int socketLevel = 1; // SOL_SOCKET
        const int reuseAddress = 2; // SO_REUSEADDR
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(socketLevel, reuseAddress, BitConverter.GetBytes(1));
    }
}
