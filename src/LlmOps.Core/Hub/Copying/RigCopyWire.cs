using LlmOps.Rigs;

namespace LlmOps.Hub.Copying;

/// <summary>A connection to a rig on which an agent sends or receives files; it is made when it is first used.</summary>
internal sealed class RigCopyWire(GpuRig rig, IRigLinkFactory links, IConnectQuestions? questions, string agent, string verb) : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private IRigLink? _link;
    private IRemoteProcess? _process;
    private CopyWire? _wire;

    public GpuRig Rig => rig;

    /// <summary>Runs a piece of a conversation; whatever breaks the connection becomes one kind of failure.</summary>
    /// <exception cref="RigConnectionLostException">It broke.</exception>
    public async Task<T> TalkAsync<T>(Func<CopyWire, Task<T>> talk, CancellationToken cancel)
    {
        try
        {
            return await talk(_wire ??= await ConnectAsync(cancel).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception broken) when (!cancel.IsCancellationRequested && (broken is IOException or ObjectDisposedException or OperationCanceledException or TimeoutException or System.Text.Json.JsonException))
        {
            throw RigErrors.ConnectionLost(rig.Name, broken);
        }
    }

    /// <summary>The agent's answer.</summary>
    /// <exception cref="LlmOpsException">The agent refuses.</exception>
    public async Task<CopyReply> ReplyAsync(CopyWire wire, CancellationToken cancel)
    {
        var reply = await wire.ReadAsync(CopyJson.Default.CopyReply, cancel).WaitAsync(cancel).ConfigureAwait(false) ?? throw RigErrors.ConnectionLost(rig.Name);
        return reply.Fault is { } fault ? throw fault.ToException() : reply;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await Bounded(_process.DisposeAsync()).ConfigureAwait(false);
        if (_link is not null) await Bounded(_link.DisposeAsync()).ConfigureAwait(false);
    }

    private async Task<CopyWire> ConnectAsync(CancellationToken cancel)
    {
        _link = await links.OpenAsync(rig, questions, cancel).ConfigureAwait(false);
        _process = await _link.StartAsync($"exec '{agent.Replace("'", "'\\''", StringComparison.Ordinal)}' copy {verb}", cancel).ConfigureAwait(false);
        _ = _process.StandardError.CopyToAsync(Stream.Null, CancellationToken.None).ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
        var wire = new CopyWire(_process.StandardOutput, _process.StandardInput);
        return await wire.WaitForReadyAsync(cancel).WaitAsync(FileReceiver.Silence, cancel).ConfigureAwait(false) ? wire : throw RigErrors.AgentUnusable(rig.Name, $"'{agent} copy {verb}' ended at once.");
    }

    private static async Task Bounded(ValueTask closing) => await closing.AsTask().WaitAsync(CloseLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
