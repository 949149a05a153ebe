using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Tunnels.Detached;

namespace LlmOps.Tunnels;

/// <summary>What the process of a detached tunnel does: opens it, and carries it to its end.</summary>
internal static class DetachedTunnelProcess
{
    /// <summary>Keeps a tunnel until it is removed or what is behind it has ended.</summary>
    /// <param name="name">The tunnel's name, under which word is left if it can't be opened.</param>
    /// <param name="open">Opens it.</param>
    public static async Task KeepAsync(string name, Func<Task<LlmTunnel?>> open)
    {
        LlmTunnel? tunnel;
        try
        {
            tunnel = await open();
        }
        catch (Exception failure)
        {
            Services.DetachedTunnels.WriteFailure(name, failure);
            throw;
        }

        if (tunnel is not null) await new TunnelKeeper(Services.DetachedTunnels, Services.Time).KeepAsync(tunnel, cancel => HasEndedAsync(tunnel, cancel));
    }

    private static async Task<bool> HasEndedAsync(LlmTunnel tunnel, CancellationToken cancel)
    {
        if (tunnel.Backends.Count == 0) return await HasEndedAsync(tunnel.Rig.Name, tunnel.Server, cancel);
        foreach (var backend in tunnel.Backends)
            if (!await HasEndedAsync(backend.Rig.Name, backend.Server, cancel)) return false;
        return true;
    }

    private static async Task<bool> HasEndedAsync(string rigName, string? server, CancellationToken cancel)
    {
        if (Services.Rigs.Find(rigName) is not { } rig) return true;
        if (server is null) return false;
        try
        {
            var status = await Services.Connections.Get(rig).InvokeAsync(ServerOperations.Get, new ServerReference(server), null, cancel);
            return status.State is LlmServerState.Stopped or LlmServerState.Failed;
        }
        catch (LlmOpsException gone) when (gone.ErrorId == "ServerNotFound")
        {
            return true;
        }
    }
}
