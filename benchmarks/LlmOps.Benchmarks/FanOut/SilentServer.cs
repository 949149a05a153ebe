using System.Net;
using System.Net.Sockets;

namespace LlmOps.Benchmarks.FanOut;

/// <summary>A rig that has died: its port takes connections, and nothing ever answers.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentServer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();
}
