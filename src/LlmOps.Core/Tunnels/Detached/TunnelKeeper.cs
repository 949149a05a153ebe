namespace LlmOps.Tunnels.Detached;

/// <summary>Keeps a tunnel open in a process that does nothing else, for as long as there is something behind it.</summary>
/// <param name="store">Where the tunnel says that it is there.</param>
/// <param name="time">The clock.</param>
public sealed class TunnelKeeper(DetachedTunnelStore store, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Returns when the tunnel has ended: somebody removed it, or its server or its rig has come to its end.</summary>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="hasEnded">Says, every 15 s, whether what is behind the tunnel has ended for good. What it throws counts as no answer.</param>
    public async Task KeepAsync(LlmTunnel tunnel, Func<CancellationToken, Task<bool>> hasEnded)
    {
        var pipe = $"llmops-{Guid.NewGuid():N}";
        using var ending = new CancellationTokenSource();
        tunnel.Changed += (_, change) =>
        {
            if (change.State == TunnelState.Closed) ending.Cancel();
        };
        var answering = new TunnelControlServer(tunnel, pipe).RunAsync(CancellationToken.None);
        store.Write(new DetachedTunnelRecord
        {
            Name = tunnel.Name,
            ProcessId = Environment.ProcessId,
            Pipe = pipe,
            Rig = tunnel.Rig,
            Server = tunnel.Server,
            RemoteHost = tunnel.RemoteHost,
            RemotePort = tunnel.RemotePort,
            LocalPort = tunnel.LocalPort,
            BindAddress = [.. tunnel.BindAddress.Select(address => address.ToString())],
            CreatedAt = time.GetUtcNow(),
        });
        try
        {
            while (!ending.IsCancellationRequested)
            {
                await Task.Delay(Interval, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!ending.IsCancellationRequested && await AskAsync(hasEnded, ending.Token).ConfigureAwait(false)) break;
            }
        }
        finally
        {
            store.Remove(tunnel.Name);
            await tunnel.CloseAsync(TimeSpan.Zero).ConfigureAwait(false);
            await answering.WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<bool> AskAsync(Func<CancellationToken, Task<bool>> hasEnded, CancellationToken cancel)
    {
        try
        {
            return await hasEnded(cancel).ConfigureAwait(false);
        }
        catch (Exception)
        {
            return false; // a rig that is out of reach has not ended: the tunnel waits for it
        }
    }
}
