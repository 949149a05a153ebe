using System.Collections.Concurrent;

namespace LlmOps.Rigs;

/// <summary>The connections of this process: one a rig, shared by all cmdlets.</summary>
/// <param name="links">Opens links.</param>
/// <param name="agents">The agents that can be put on a rig.</param>
/// <param name="time">The clock.</param>
public sealed class RigConnectionPool(IRigLinkFactory links, AgentCatalog agents, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<GpuRig, RigConnection> _connections = new(ReachedTheSameWay.Instance);

    /// <summary>The connection to a rig; it connects when it is first used.</summary>
    /// <param name="rig">The rig.</param>
    public IRigConnection Get(GpuRig rig) => _connections.GetOrAdd(rig, key => new RigConnection(key, links, agents, time));

    /// <summary>Ends the connection to a rig, if there is one.</summary>
    /// <param name="rig">The rig.</param>
    public async ValueTask CloseAsync(GpuRig rig)
    {
        if (_connections.TryRemove(rig, out var connection)) await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var rig in _connections.Keys) await CloseAsync(rig).ConfigureAwait(false);
    }

    private sealed class ReachedTheSameWay : IEqualityComparer<GpuRig>
    {
        public static readonly ReachedTheSameWay Instance = new();

        public bool Equals(GpuRig? x, GpuRig? y) => x?.Name == y?.Name && x?.Ssh?.ToString() == y?.Ssh?.ToString() && x?.Root == y?.Root;

        public int GetHashCode(GpuRig obj) => HashCode.Combine(obj.Name, obj.Ssh?.ToString(), obj.Root);
    }
}
