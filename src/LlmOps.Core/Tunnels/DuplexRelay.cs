using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>
/// Carries bytes both ways between a local client and the rig until both directions have ended. Each direction reads only what the other
/// side has taken, so a reader that stops holds up its own connection and nothing else.
/// </summary>
/// <param name="local">The local client.</param>
/// <param name="remote">The rig's side.</param>
/// <param name="counters">Where the bytes are counted.</param>
internal sealed class DuplexRelay(DuplexStream local, DuplexStream remote, TunnelCounters counters)
{
    private int _broken;

    /// <summary>Carries until both directions have ended, one has broken, or the link is lost.</summary>
    /// <param name="lost">Is cancelled when the link is lost or the tunnel ends; both sides then see a reset.</param>
    /// <returns>True if both directions ended cleanly.</returns>
    public async Task<bool> RunAsync(CancellationToken lost)
    {
        await using var reset = lost.UnsafeRegister(static relay => ((DuplexRelay)relay!).Break(), this).ConfigureAwait(false);
        await Task.WhenAll(CarryAsync(local, remote, counters.Sent), CarryAsync(remote, local, counters.Received)).ConfigureAwait(false);
        return Volatile.Read(ref _broken) == 0;
    }

    private async Task CarryAsync(DuplexStream from, DuplexStream to, Action<int> count)
    {
        try
        {
            await from.CarryToAsync(to, count).ConfigureAwait(false);
            await to.CompleteWritesAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever it was, neither side can be told more than that the connection is gone.
            Break();
        }
    }

    private void Break()
    {
        if (Interlocked.Exchange(ref _broken, 1) != 0) return;
        local.Abort();
        remote.Abort();
    }
}
