using LlmOps.Protocol;

namespace LlmOps.Rigs;

/// <summary>The shared connection to one rig. Whoever finds it broken opens it anew; all others wait for that one attempt.</summary>
/// <param name="rig">The rig.</param>
/// <param name="links">Opens links to rigs of its kind.</param>
/// <param name="agents">The agents that can be put on it.</param>
/// <param name="time">The clock.</param>
public sealed class RigConnection(GpuRig rig, IRigLinkFactory links, AgentCatalog agents, TimeProvider time) : IRigConnection
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private RigSession? _session;

    /// <inheritdoc/>
    public GpuRig Rig => rig;

    /// <inheritdoc/>
    public bool HasConnected { get; private set; }

    /// <inheritdoc/>
    public async Task ConnectAsync(IConnectQuestions? questions, CancellationToken cancel) => await SessionAsync(questions, cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<TResult> InvokeAsync<TArgs, TEvent, TResult>(
        AgentOperation<TArgs, TEvent, TResult> operation, TArgs args, Func<TEvent, ValueTask>? onEvent, CancellationToken cancel)
    {
        // Back on the caller's context, because that is where the events are to arrive.
        var session = await SessionAsync(null, cancel).ConfigureAwait(true);
        return await session.Agent.InvokeAsync(operation, args, onEvent, cancel).ConfigureAwait(true);
    }

    /// <summary>Ends the connection; a later request opens it anew.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _session, null) is { } session) await session.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<RigSession> SessionAsync(IConnectQuestions? questions, CancellationToken cancel)
    {
        if (_session is { IsAlive: true } open) return open;
        await _opening.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_session is { IsAlive: true } opened) return opened;
            await DisposeAsync().ConfigureAwait(false);
            _session = await RigSession.OpenAsync(rig, links, agents, questions, time, cancel).ConfigureAwait(false);
            HasConnected = true;
            return _session;
        }
        finally
        {
            _opening.Release();
        }
    }
}
