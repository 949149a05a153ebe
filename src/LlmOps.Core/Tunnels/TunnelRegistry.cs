using LlmOps.Rigs;
using LlmOps.Tunnels.Detached;

namespace LlmOps.Tunnels;

/// <summary>The tunnels of this process, which end with it, and the detached ones of this user: for the cmdlets that look for one by name.</summary>
public sealed class TunnelRegistry
{
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly List<LlmTunnel> _tunnels = [];
    private readonly Func<DetachedTunnelStore> _detached;

    /// <summary>A registry that has none of this process yet, and is emptied of them when the process exits.</summary>
    /// <param name="detached">Knows the detached ones; asked at each use.</param>
    public TunnelRegistry(Func<DetachedTunnelStore> detached)
    {
        _detached = detached;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => CloseAllAsync().Wait(ExitLimit);
    }

    /// <summary>All open tunnels, this process's first, oldest first. One that was closed by its own method is forgotten here.</summary>
    public IReadOnlyList<LlmTunnel> List() => [.. Own(), .. _detached().List().Where(tunnel => tunnel.IsDetached).OrderBy(tunnel => tunnel.CreatedAt)];

    /// <summary>The tunnel of that name, in any case, or null.</summary>
    /// <param name="name">The name.</param>
    public LlmTunnel? Find(string name) => List().FirstOrDefault(tunnel => tunnel.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Keeps a tunnel.</summary>
    /// <param name="tunnel">The tunnel.</param>
    public void Add(LlmTunnel tunnel)
    {
        lock (_lock) _tunnels.Add(tunnel);
    }

    /// <summary>Ends all tunnels of this process at once; the detached ones go on.</summary>
    public async Task CloseAllAsync()
    {
        foreach (var tunnel in Own()) await tunnel.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends at once the tunnels of this process that lead to a rig and to no other. Detached ones see for themselves that their rig is gone.</summary>
    /// <param name="rig">The rig, which is to be ended or forgotten.</param>
    public Task CloseAsync(GpuRig rig) => Task.WhenAll(Own().Where(tunnel => LeadsOnlyTo(tunnel, rig)).Select(tunnel => tunnel.CloseAsync(TimeSpan.Zero)));

    private static bool LeadsOnlyTo(LlmTunnel tunnel, GpuRig rig) =>
        tunnel.Backends.Select(backend => backend.Rig).DefaultIfEmpty(tunnel.Rig).All(used => used.Name.Equals(rig.Name, StringComparison.OrdinalIgnoreCase));

    private IReadOnlyList<LlmTunnel> Own()
    {
        lock (_lock)
        {
            _tunnels.RemoveAll(tunnel => tunnel.State == TunnelState.Closed);
            return [.. _tunnels];
        }
    }
}
