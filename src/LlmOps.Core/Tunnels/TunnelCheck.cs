using LlmOps.Chat;

namespace LlmOps.Tunnels;

/// <summary>Looks through a tunnel whether what is behind it serves, before the tunnel is handed out.</summary>
/// <param name="client">Asks.</param>
/// <param name="time">The clock.</param>
public sealed class TunnelCheck(ChatClient client, TimeProvider time)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(3);

    /// <summary>Makes sure that a server answers and lists its model, and takes the model's name from it.</summary>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="cancel">Ends the look.</param>
    /// <exception cref="LlmOpsException"><c>TunnelToDeadServer</c>, <c>ServerNotReady</c>, or <c>ChatUnauthorized</c>.</exception>
    public async Task VerifyServerAsync(LlmTunnel tunnel, CancellationToken cancel)
    {
        var server = tunnel.Server ?? tunnel.Name;
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            var models = await client.ListModelsAsync(new ChatEndpoint(tunnel), either.Token).ConfigureAwait(false);
            if (models.Count == 0) throw TunnelErrors.ServerNotReady(tunnel.Rig.Name, server, "it lists no model yet.");
            tunnel.Serves(models);
        }
        catch (LlmOpsException failure) when (failure.ErrorId == "EndpointUnreachable")
        {
            throw TunnelErrors.DeadServer(tunnel.Rig.Name, tunnel.Server, tunnel.RemotePort, tunnel.LastRefusal ?? failure.Message);
        }
        catch (LlmOpsException failure) when (failure.ErrorId == "EndpointUnavailable")
        {
            throw TunnelErrors.ServerNotReady(tunnel.Rig.Name, server, failure.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw TunnelErrors.ServerNotReady(tunnel.Rig.Name, server, $"it did not answer within {AnswerLimit.TotalSeconds} s.");
        }
    }

    /// <summary>Makes sure that something accepts connections at a port; if it is an OpenAI-compatible API, takes the model's name from it.</summary>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="cancel">Ends the look.</param>
    /// <exception cref="LlmOpsException"><c>TunnelToDeadServer</c>.</exception>
    public async Task ProbeAsync(LlmTunnel tunnel, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(ProbeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            tunnel.Serves(await client.ListModelsAsync(new ChatEndpoint(tunnel), either.Token).ConfigureAwait(false));
        }
        catch (LlmOpsException) when (tunnel.LastRefusal is { } refusal)
        {
            throw TunnelErrors.DeadServer(tunnel.Rig.Name, tunnel.Server, tunnel.RemotePort, refusal);
        }
        catch (LlmOpsException)
        {
            // It is no such API, which is all right.
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // It accepted, and speaks another protocol.
        }
    }
}
