using LlmOps.Protocol;

namespace LlmOps.Rigs;

/// <summary>A link to a rig with the agent running at its other end.</summary>
internal sealed class RigSession : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly IRigLink _link;
    private readonly IRemoteProcess _process;
    private readonly CancellationTokenRegistration _linkLost;

    private RigSession(IRigLink link, IRemoteProcess process, AgentClient agent)
    {
        _link = link;
        _process = process;
        Agent = agent;
        _linkLost = link.Lost.Register(() => _ = agent.DisposeAsync().AsTask());
        _ = DiscardErrorsAsync(process.StandardError);
    }

    public AgentClient Agent { get; }

    public bool IsAlive => !Agent.Lost.IsCancellationRequested && !_link.Lost.IsCancellationRequested;

    public static async Task<RigSession> OpenAsync(
        GpuRig rig, IRigLinkFactory links, AgentCatalog agents, IConnectQuestions? questions, TimeProvider time, CancellationToken cancel)
    {
        var link = await links.OpenAsync(rig, questions, cancel).ConfigureAwait(false);
        try
        {
            var process = await AgentBootstrap.StartAsync(link, rig, agents, cancel).ConfigureAwait(false);
            return new RigSession(link, process, new AgentClient(process.StandardOutput, process.StandardInput, rig.Name, time));
        }
        catch (Exception failure)
        {
            var isLost = link.Lost.IsCancellationRequested;
            await link.DisposeAsync().ConfigureAwait(false);
            if (isLost && failure is not OperationCanceledException) throw RigErrors.ConnectionLost(rig.Name, failure);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _linkLost.DisposeAsync().ConfigureAwait(false);
        await Bounded(Agent.DisposeAsync()).ConfigureAwait(false);
        await Bounded(_process.DisposeAsync()).ConfigureAwait(false);
        await Bounded(_link.DisposeAsync()).ConfigureAwait(false);
    }

    private static async Task Bounded(ValueTask closing) =>
        await closing.AsTask().WaitAsync(CloseLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task DiscardErrorsAsync(Stream errors)
    {
        var buffer = new byte[4096];
        try
        {
            while (await errors.ReadAsync(buffer).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or OperationCanceledException or LlmOpsException)
        {
        }
    }
}
