namespace LlmOps.Protocol;

/// <summary>A request as the operation behind it sees it: where to report, and whether the client still wants it.</summary>
/// <typeparam name="TEvent">What the operation reports.</typeparam>
public interface IAgentRequest<in TEvent>
{
    /// <summary>Is cancelled when the client asks to end the request, and not when the client is merely gone: what runs detached ends on the first and goes on after the second.</summary>
    CancellationToken ClientCancelled { get; }

    /// <summary>Sends an event; waits while the receiver is behind by <see cref="AgentProtocol.EventWindow"/> events.</summary>
    /// <param name="item">The event.</param>
    /// <param name="cancel">Ends the wait.</param>
    ValueTask SendAsync(TEvent item, CancellationToken cancel);
}
