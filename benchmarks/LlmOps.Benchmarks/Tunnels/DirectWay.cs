namespace LlmOps.Benchmarks.Tunnels;

/// <summary>No tunnel: what the load itself costs.</summary>
internal sealed class DirectWay(int port) : IWay
{
    public string Name => "no tunnel";

    public int Port => port;

    public int? Process => null;

    public void Dispose()
    {
    }
}
