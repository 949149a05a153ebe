using LlmOps.Diagnosis;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.Rigs;

namespace LlmOps.Engines;

/// <summary>The servers of a rig as a workstation sees them. Every request survives a broken connection: it is asked again, and what runs on the rig has gone on meanwhile.</summary>
/// <param name="rig">The rig.</param>
public sealed class RigServers(PatientConnection rig)
{
    /// <summary>All servers of the rig, also those that have ended.</summary>
    /// <param name="cancel">Ends the request.</param>
    public async Task<IReadOnlyList<LlmServer>> ListAsync(CancellationToken cancel) =>
        [.. (await rig.Connection.InvokeAsync(ServerOperations.List, Nothing.Value, cancel).ConfigureAwait(true)).Select(OnRig)];

    /// <summary>One server.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="LlmOpsException"><c>ServerNotFound</c>.</exception>
    public async Task<LlmServer> GetAsync(string name, CancellationToken cancel) =>
        OnRig(await rig.JoinAsync(ServerOperations.Get, new ServerReference(name), null, cancel).ConfigureAwait(true));

    /// <summary>The key that a server asks its clients for; null if it asks for none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<string?> GetApiKeyAsync(string name, CancellationToken cancel) =>
        (await rig.JoinAsync(ServerOperations.ApiKey, new ServerReference(name), null, cancel).ConfigureAwait(true)).Value;

    /// <summary>Starts a server; returns while it still starts.</summary>
    /// <param name="args">What to start.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<LlmServer> StartAsync(ServerStartArgs args, CancellationToken cancel) =>
        OnRig(await rig.JoinAsync(ServerOperations.Start, args, null, cancel).ConfigureAwait(true));

    /// <summary>Stops a server and starts it again as it was; returns while it still starts.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ticket">Made once per wish.</param>
    /// <param name="drainSeconds">How long it may finish what it is answering.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<LlmServer> RestartAsync(string name, string ticket, int drainSeconds, CancellationToken cancel) =>
        OnRig(await rig.JoinAsync(ServerOperations.Restart, new ServerRestartArgs(name, ticket, drainSeconds), null, cancel).ConfigureAwait(true));

    /// <summary>Ends a server; returns when its processes are gone and their GPU memory is free.</summary>
    /// <param name="args">Which server.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<LlmServer> StopAsync(ServerStopArgs args, CancellationToken cancel) =>
        OnRig(await rig.JoinAsync(ServerOperations.Stop, args, null, cancel).ConfigureAwait(true));

    /// <summary>Deletes what is kept of a server that has ended.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancel">Ends the request.</param>
    public Task RemoveAsync(string name, CancellationToken cancel) => rig.JoinAsync(ServerOperations.Remove, new ServerReference(name), null, cancel);

    /// <summary>Why a server failed or hangs, as its log on the rig says; null if nothing is wrong.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<LlmDiagnosis?> DiagnoseAsync(string name, CancellationToken cancel) =>
        (await rig.JoinAsync(ServerOperations.Diagnose, new ServerReference(name), null, cancel).ConfigureAwait(true)).Value;

    /// <summary>Waits until a server is ready.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="onProgress">Told how far it is, several times a minute at the least.</param>
    /// <param name="cancel">Ends the wait, not the server.</param>
    /// <exception cref="LlmOpsException"><c>ServerFailed</c> with the cause and the log's end, <c>ServerHangs</c>, or <c>ServerStopped</c>.</exception>
    public async Task<LlmServer> WaitAsync(string name, Func<EngineProgress, ValueTask>? onProgress, CancellationToken cancel)
    {
        var outcome = await rig.JoinAsync(ServerOperations.Wait, new ServerReference(name), onProgress, cancel).ConfigureAwait(true);
        return outcome.Server.State switch
        {
            LlmServerState.Failed => throw ServerErrors.Failed(outcome.Server, outcome.LogTail),
            LlmServerState.Starting => throw ServerErrors.Hangs(outcome.Server, stopped: false),
            LlmServerState.Stopped => throw ServerErrors.Stopped(name),
            _ => OnRig(outcome.Server),
        };
    }

    /// <summary>Reads a server's log; a broken connection neither repeats nor loses a line.</summary>
    /// <param name="args">Which lines; the object is changed as they come.</param>
    /// <param name="onLine">Takes each line.</param>
    /// <param name="cancel">Ends the reading.</param>
    public Task ReadLogAsync(ServerLogArgs args, Action<string> onLine, CancellationToken cancel) =>
        rig.JoinAsync(ServerOperations.Log, args, part =>
        {
            args.From = part.Next;
            foreach (var line in part.Lines) onLine(line);
            return ValueTask.CompletedTask;
        }, cancel);

    /// <summary>Installs vLLM; returns at once where that version is complete.</summary>
    /// <param name="args">What to install.</param>
    /// <param name="onProgress">Told how far it is.</param>
    /// <param name="cancel">Ends the installation.</param>
    public async Task<EngineInstallation> InstallAsync(EngineInstallArgs args, Func<EngineInstallProgress, ValueTask>? onProgress, CancellationToken cancel) =>
        (await rig.JoinAsync(EngineOperations.Install, args, onProgress, cancel).ConfigureAwait(true)) with { Rig = rig.Rig };


    private LlmServer OnRig(LlmServer server) => server with { Rig = rig.Rig };
}
