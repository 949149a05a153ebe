using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>Connects each local client with the rig's port, and waits for the link where it has to.</summary>
/// <param name="link">The link; it belongs to the forwarder from now on.</param>
/// <param name="target">Where the tunnel leads.</param>
/// <param name="counters">Where bytes are counted.</param>
/// <param name="time">The clock.</param>
internal sealed class TunnelForwarder(TunnelLink link, TunnelOptions target, TunnelCounters counters, TimeProvider time) : ITunnelService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public TimeSpan? RoundTrip => link.RoundTrip;

    public IReadOnlyList<TunnelBackend> Backends => [];

    public async Task<ClientOutcome> ServeAsync(SocketDuplexStream client, CancellationToken ending)
    {
        var (remote, lost, refusal) = await ConnectAsync(ending).ConfigureAwait(false);
        if (remote is null) return new ClientOutcome(IsClean: false, refusal);
        await using (remote.ConfigureAwait(false))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, ending);
            return new ClientOutcome(await new DuplexRelay(client, remote, counters).RunAsync(either.Token).ConfigureAwait(false));
        }
    }

    public ValueTask DisposeAsync() => link.DisposeAsync();

    private async Task<(DuplexStream? Remote, CancellationToken Lost, string? Refusal)> ConnectAsync(CancellationToken ending)
    {
        using var limit = new CancellationTokenSource(target.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ending);
        try
        {
            while (true)
            {
                var live = await link.GetAsync(either.Token).ConfigureAwait(false);
                try
                {
                    return (await live.ConnectAsync(target.RemoteHost, target.RemotePort, either.Token).ConfigureAwait(false), live.Lost, null);
                }
                catch (Exception gone) when (gone is RigConnectionLostException || live.Lost.IsCancellationRequested)
                {
                    // Nothing of the client has been read yet, so the next link may have it. The pause is for a link that fails before it says so.
                    await Task.Delay(Look, time, either.Token).ConfigureAwait(false);
                }
            }
        }
        catch (LlmOpsException refused)
        {
            return (null, default, refused.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return (null, default, $"No connection to {target.RemoteHost}:{target.RemotePort} within {target.ConnectTimeout.TotalSeconds:0.#} s.");
        }
    }
}
