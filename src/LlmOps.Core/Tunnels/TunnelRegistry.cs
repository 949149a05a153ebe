namespace LlmOps.Tunnels;

/// <summary>The tunnels of this process, for the cmdlets that look for one by name. All of them end with the process.</summary>
public sealed class TunnelRegistry
{
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly List<LlmTunnel> _tunnels = [];

    /// <summary>An empty registry, which is emptied again when the process exits.</summary>
    public TunnelRegistry() => AppDomain.CurrentDomain.ProcessExit += (_, _) => CloseAllAsync().Wait(ExitLimit);

    /// <summary>All open tunnels, oldest first. One that was closed by its own method is forgotten here.</summary>
    public IReadOnlyList<LlmTunnel> List()
    {
        lock (_lock)
        {
            _tunnels.RemoveAll(tunnel => tunnel.State == TunnelState.Closed);
            return [.. _tunnels];
        }
    }

    /// <summary>The tunnel of that name, in any case, or null.</summary>
    /// <param name="name">The name.</param>
    public LlmTunnel? Find(string name) => List().FirstOrDefault(tunnel => tunnel.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Keeps a tunnel.</summary>
    /// <param name="tunnel">The tunnel.</param>
    public void Add(LlmTunnel tunnel)
    {
        lock (_lock) _tunnels.Add(tunnel);
    }

    /// <summary>Ends all tunnels at once.</summary>
    public async Task CloseAllAsync()
    {
        foreach (var tunnel in List()) await tunnel.DisposeAsync().ConfigureAwait(false);
    }
}
