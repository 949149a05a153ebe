using System.Net;
using System.Net.Sockets;

namespace LlmOps.Rigs.Simulation;

/// <summary>Finds TCP ports on the loopback interface, below the range that the system gives to outgoing connections.</summary>
internal static class LoopbackPort
{
    public static int Choose()
    {
        while (true)
        {
            var port = Random.Shared.Next(20000, 32000);
            if (IsFree(port)) return port;
        }
    }

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
