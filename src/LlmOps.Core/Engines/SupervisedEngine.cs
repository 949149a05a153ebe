using LlmOps.Processes;

namespace LlmOps.Engines;

/// <summary>The engine's process: started by this supervisor, or found alive after an earlier supervisor was gone.</summary>
internal sealed class SupervisedEngine
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private SupervisedEngine(int id, Task<ProcessExit> exited)
    {
        Id = id;
        Start = ProcessTable.StartOf(id);
        Exited = exited;
    }

    /// <summary>The process id, which is also its group and session.</summary>
    public int Id { get; }

    /// <summary>When it began, in the kernel's ticks; null if it was gone at once.</summary>
    public long? Start { get; }

    /// <summary>Completes when it has ended; without a code where only its parent would be told.</summary>
    public Task<ProcessExit> Exited { get; }

    /// <summary>Starts the engine of a folder, in a session of its own, with the folder's log.</summary>
    public static SupervisedEngine Launch(ServerFolder folder, ServerSpec spec)
    {
        var bin = Path.GetDirectoryName(spec.Program)!;
        var environment = new Dictionary<string, string?>
        {
            // What the engine compiles at run time looks for its tools (ninja) in PATH.
            ["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}",
            ["VIRTUAL_ENV"] = Path.GetDirectoryName(bin),
            ["VLLM_LOGGING_COLOR"] = "0",
            ["PYTHONUNBUFFERED"] = "1",
        };
        foreach (var (name, value) in folder.ReadEnvironment()) environment[name] = value;
        environment[ServerProcesses.Marker] = folder.Path;
        var process = RunningProcess.Start(new ProcessStart
        {
            FileName = spec.Program,
            Arguments = spec.Arguments,
            Environment = environment,
            LogFile = folder.Log,
            Detached = true,
        });
        return new SupervisedEngine(process.Id, process.Exited);
    }

    /// <summary>Finds the engine that an earlier supervisor started; null if it does not live any more.</summary>
    public static SupervisedEngine? Adopt(ServerFolder folder, ServerRecord? record)
    {
        if (record?.ProcessId is { } known && record.ProcessStart is { } start)
            return ProcessTable.StartOf(known) == start ? new SupervisedEngine(known, WaitForAsync(known, start)) : null;
        return new ServerProcesses(folder).Alive(null) is { Count: > 0 } found && ProcessTable.StartOf(found.Min()) is { } began
            ? new SupervisedEngine(found.Min(), WaitForAsync(found.Min(), began))
            : null;
    }

    private static async Task<ProcessExit> WaitForAsync(int pid, long start)
    {
        while (ProcessTable.StartOf(pid) == start) await Task.Delay(Poll).ConfigureAwait(false);
        return new ProcessExit(null, null);
    }
}
