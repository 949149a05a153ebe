using System.Net.Sockets;
using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>Connects each local client with the rig's port, and waits for the link where it has to.</summary>
/// <param name="link">The link; it belongs to the forwarder from now on.</param>
/// <param name="target">Where the tunnel leads.</param>
/// <param name="history">Where refusals are noted.</param>
/// <param name="counters">Where connections and bytes are counted.</param>
/// <param name="time">The clock.</param>
internal sealed class TunnelForwarder(TunnelLink link, TunnelOptions target, TunnelHistory history, TunnelCounters counters, TimeProvider time) : ITunnelService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _ending = new();

    public TimeSpan? RoundTrip => link.RoundTrip;

    public string? LastRefusal { get; private set; }

    public IReadOnlyList<TunnelBackend> Backends => [];

    public void Serve(Socket client)
    {
        counters.Opened();
        _ = ServeAsync(client);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await link.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ServeAsync(Socket client)
    {
        var local = new SocketDuplexStream(client);
        var clean = false;
        try
        {
            client.NoDelay = true;
            if (await ConnectAsync().ConfigureAwait(false) is not var (remote, lost))
            {
                local.Abort();
                return;
            }

            await using (remote.ConfigureAwait(false))
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, _ending.Token);
                clean = await new DuplexRelay(local, remote, counters).RunAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception broken)
        {
            local.Abort();
            history.Note($"A connection broke: {broken.Message}");
        }
        finally
        {
            await local.DisposeAsync().ConfigureAwait(false);
            counters.Ended(failed: !clean);
        }
    }

    private async Task<(DuplexStream Remote, CancellationToken Lost)?> ConnectAsync()
    {
        using var limit = new CancellationTokenSource(target.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);
        try
        {
            while (true)
            {
                var live = await link.GetAsync(either.Token).ConfigureAwait(false);
                try
                {
                    return (await live.ConnectAsync(target.RemoteHost, target.RemotePort, either.Token).ConfigureAwait(false), live.Lost);
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
            Refuse(refused.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Refuse($"No connection to {target.RemoteHost}:{target.RemotePort} within {target.ConnectTimeout.TotalSeconds:0.#} s.");
        }
        catch (OperationCanceledException)
        {
        }

        return null;
    }

    private void Refuse(string reason)
    {
        LastRefusal = reason;
        history.Note(reason);
    }
}
