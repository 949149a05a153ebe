using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Tunnels.Detached;

namespace LlmOps.Tunnels;

/// <summary>What the process of a detached tunnel runs, after New-LlmTunnel has opened it there. Not meant to be called by hand.</summary>
public static class DetachedTunnelProcess
{
    /// <summary>Keeps a tunnel until it is removed or what is behind it has ended.</summary>
    /// <param name="tunnel">The tunnel.</param>
    public static void Keep(LlmTunnel tunnel) =>
        Task.Run(() => new TunnelKeeper(Services.DetachedTunnels, Services.Time).KeepAsync(tunnel, cancel => HasEndedAsync(tunnel, cancel))).GetAwaiter().GetResult();

    /// <summary>Leaves word why a tunnel could not be opened.</summary>
    /// <param name="name">The tunnel's name.</param>
    /// <param name="record">The error.</param>
    public static void Fail(string name, ErrorRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Services.DetachedTunnels.WriteFailure(name, record.Exception);
    }

    private static async Task<bool> HasEndedAsync(LlmTunnel tunnel, CancellationToken cancel)
    {
        if (Services.Rigs.Find(tunnel.Rig.Name) is not { } rig) return true;
        if (tunnel.Server is not { } name) return false;
        try
        {
            var server = await Services.Connections.Get(rig).InvokeAsync(ServerOperations.Get, new ServerReference(name), null, cancel);
            return server.State is LlmServerState.Stopped or LlmServerState.Failed;
        }
        catch (LlmOpsException gone) when (gone.ErrorId == "ServerNotFound")
        {
            return true;
        }
    }
}
