namespace LlmOps.Benchmarks.Tunnels;

/// <summary>One way from this machine to the load server.</summary>
internal interface IWay : IDisposable
{
    /// <summary>The name in the tables.</summary>
    string Name { get; }

    /// <summary>The local port at which it begins.</summary>
    int Port { get; }

    /// <summary>The process that carries the bytes, or null where there is none.</summary>
    int? Process { get; }
}
