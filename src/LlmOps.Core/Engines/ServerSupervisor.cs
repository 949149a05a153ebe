using LlmOps.Diagnosis;
using LlmOps.Processes;

namespace LlmOps.Engines;

/// <summary>
/// The process that stands by a server from its start to its end: it starts the engine, follows its log, finds out when it is ready, ends
/// it when asked, and keeps the truth in the server's folder. Where the engine outlives it, the next supervisor takes over.
/// </summary>
/// <param name="path">The server's folder.</param>
/// <param name="time">The clock.</param>
public sealed class ServerSupervisor(string path, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TakeLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(5);

    private readonly ServerFolder _folder = new(path);
    private readonly VllmLog _log = new();
    private bool _kept;
    private ServerRecord _record = new() { State = LlmServerState.Starting };

    /// <summary>Stands by the server until it has ended; returns at once if another supervisor does or if it ended long ago.</summary>
    /// <param name="terminated">SIGTERM: the server ends too.</param>
    public async Task RunAsync(CancellationToken terminated)
    {
        using var held = await TakeAsync().ConfigureAwait(false);
        var before = _folder.ReadRecord();
        if (held is null || before is { IsOver: true } || _folder.ReadSpec() is not { } spec) return;
        _record = before ?? _record;
        var engine = SupervisedEngine.Adopt(_folder, before);
        if (engine is null && before is null)
        {
            Keep(_record); // from here on nobody starts it a second time
            try
            {
                engine = SupervisedEngine.Launch(_folder, spec);
            }
            catch (LlmOpsException failure)
            {
                Keep(_record with { State = LlmServerState.Failed, FailureCause = failure.Message, Diagnosis = LlmDiagnosis.Of(failure.Message, failure.RecommendedAction) });
                return;
            }
        }

        if (engine is null)
        {
            await EndedAsync(before?.ProcessId, new ProcessExit(null, null)).ConfigureAwait(false);
            return;
        }

        _folder.WritePid(engine.Id);
        Keep(_record with { SupervisorId = Environment.ProcessId, ProcessId = engine.Id, ProcessStart = engine.Start });
        await StandByAsync(engine, spec, terminated).ConfigureAwait(false);
    }

    private async Task StandByAsync(SupervisedEngine engine, ServerSpec spec, CancellationToken terminated)
    {
        var environment = _folder.ReadEnvironment();
        var stall = new StallWatch(environment, time);
        using var watch = new EngineWatch(spec, environment.GetValueOrDefault(VllmCommand.ApiKeyVariable), time);
        var file = new GrowingFile(_folder.Log);
        while (!engine.Exited.IsCompleted)
        {
            if ((_folder.ReadStop() ?? (terminated.IsCancellationRequested ? new ServerStop(0) : null)) is { } stop)
            {
                await StopAsync(engine, stop).ConfigureAwait(false);
                return;
            }

            for (byte[] read; (read = file.Read()).Length > 0;) _log.Add(read);
            Keep(watch.Judge(_record with
            {
                Progress = _record.ReadyAt is null ? _log.Progress : new EngineProgress(EnginePhase.Ready, null),
                EngineVersion = _log.Version ?? _record.EngineVersion,
                MaxModelLen = _log.MaxModelLen ?? _record.MaxModelLen,
                KvCacheTokens = _log.KvCacheTokens ?? _record.KvCacheTokens,
                Diagnosis = _record.ReadyAt is null ? stall.Judge(_log.Progress) : null,
            }, _log.IsUp));
            await Task.WhenAny(engine.Exited, Task.Delay(Poll, time, CancellationToken.None)).ConfigureAwait(false);
        }

        await EndedAsync(engine.Id, await engine.Exited.ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>SIGTERM lets vLLM finish what it answers (its <c>--shutdown-timeout</c>); the group is ended when that took too long, and with it every worker that was left.</summary>
    private async Task StopAsync(SupervisedEngine engine, ServerStop stop)
    {
        Keep(_record with { State = LlmServerState.Stopping });
        var processes = new ServerProcesses(_folder);
        var members = processes.Alive(engine.Id);
        if (stop.DrainSeconds > 0)
        {
            _ = PosixSpawn.Kill(engine.Id, PosixSpawn.SigTerm);
            await ((Task)engine.Exited).WaitAsync(TimeSpan.FromSeconds(stop.DrainSeconds), time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await processes.EndAsync(engine.Id, EndGrace, time).ConfigureAwait(false);
        await GpuHolders.WaitUntilFreeAsync(members, time).ConfigureAwait(false);
        var exit = await engine.Exited.ConfigureAwait(false);
        Keep(_record with { State = LlmServerState.Stopped, ExitCode = CodeOf(exit), Diagnosis = null });
    }

    private async Task EndedAsync(int? pid, ProcessExit exit)
    {
        var processes = new ServerProcesses(_folder);
        var members = processes.Alive(pid);
        await processes.EndAsync(pid, EndGrace, time).ConfigureAwait(false);
        await GpuHolders.WaitUntilFreeAsync(members, time).ConfigureAwait(false);
        if (_folder.ReadStop() is not null)
        {
            Keep(_record with { State = LlmServerState.Stopped, ExitCode = CodeOf(exit), Diagnosis = null });
            return;
        }

        var diagnosis = CauseOf(exit);
        Keep(_record with { State = LlmServerState.Failed, ExitCode = CodeOf(exit), FailureCause = diagnosis.Line ?? diagnosis.Cause, Diagnosis = diagnosis });
    }

    private LlmDiagnosis CauseOf(ProcessExit exit)
    {
        if (exit is { Code: null, Signal: null }) return LlmDiagnosis.Of("It ended while nobody stood by it, as when the machine is restarted.", $"Start it again: Restart-LlmServer '{_folder.Name}'.");
        if (exit.Signal == PosixSpawn.SigKill)
            return LlmDiagnosis.Of("It was killed (SIGKILL), by somebody or because the machine ran out of memory.", "See what is free with Test-GpuRig, and what the kernel says: Invoke-GpuRigCommand RIG 'dmesg | tail'.");
        var search = new FailureSearch();
        var file = new GrowingFile(_folder.Log);
        for (byte[] read; (read = file.Read()).Length > 0;) search.Add(read);
        return search.Conclude(ended: true) ?? LlmDiagnosis.Of("It ended and left no message.", $"Look at what it was doing: Get-LlmServerLog '{_folder.Name}'.");
    }

    private static int? CodeOf(ProcessExit exit) => exit.Code ?? 128 + exit.Signal;

    private async Task<FileStream?> TakeAsync()
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (_folder.TryLock() is { } held) return held;
            if (time.GetElapsedTime(began) > TakeLimit) return null;
            await Task.Delay(Poll, time).ConfigureAwait(false); // somebody may just be looking whether it is held
        }
    }

    private void Keep(ServerRecord record)
    {
        if (_kept && record == _record) return;
        _kept = true;
        _record = record;
        _folder.WriteRecord(record);
    }
}
