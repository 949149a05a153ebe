using System.Net.Sockets;
using LlmOps.Rigs;

namespace LlmOps.Tunnels;

/// <summary>The clients of a tunnel: each is served, counted, and reset when its service breaks or the tunnel ends.</summary>
/// <param name="service">Serves them.</param>
/// <param name="history">Where refusals and breaks are noted.</param>
/// <param name="counters">Where they are counted.</param>
internal sealed class TunnelClients(ITunnelService service, TunnelHistory history, TunnelCounters counters)
{
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Why the last client that was refused was refused, or null while none was.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>Serves a client. Never throws, and returns at once.</summary>
    /// <param name="client">The client's socket.</param>
    public void Serve(Socket client)
    {
        counters.Opened();
        _ = ServeAsync(client);
    }

    /// <summary>Resets every client that is still connected.</summary>
    public Task EndAsync() => _ending.CancelAsync();

    private async Task ServeAsync(Socket client)
    {
        var local = new SocketDuplexStream(client);
        var outcome = default(ClientOutcome);
        try
        {
            client.NoDelay = true;
            outcome = await service.ServeAsync(local, _ending.Token).ConfigureAwait(false);
            if (outcome.Refusal is { } refusal) history.Note(LastRefusal = refusal);
        }
        catch (Exception broken)
        {
            if (broken is not OperationCanceledException) history.Note($"A connection broke: {broken.Message}");
        }
        finally
        {
            if (!outcome.IsClean) local.Abort();
            await local.DisposeAsync().ConfigureAwait(false);
            counters.Ended(failed: !outcome.IsClean);
        }
    }
}
