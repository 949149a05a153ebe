using System.Net;
using System.Net.Sockets;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>Ports of this machine.</summary>
internal static class LoopbackPort
{
    /// <summary>One that is free.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
