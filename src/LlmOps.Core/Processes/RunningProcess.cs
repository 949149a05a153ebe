using System.Runtime.InteropServices;

namespace LlmOps.Processes;

/// <summary>A process that was started in a session and process group of its own, so that it and all it starts end together.</summary>
public sealed class RunningProcess : IAsyncDisposable
{
    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProcess(int id, Stream? input, Stream? output, Stream? error)
    {
        Id = id;
        StandardInput = input;
        StandardOutput = output;
        StandardError = error;
        new Thread(Wait) { IsBackground = true, Name = $"wait {id}" }.Start();
    }

    /// <summary>The process id, which is also the id of its group and its session.</summary>
    public int Id { get; }

    /// <summary>What it reads, or null if it has no pipes.</summary>
    public Stream? StandardInput { get; }

    /// <summary>What it writes, or null if it has no pipes.</summary>
    public Stream? StandardOutput { get; }

    /// <summary>What it writes as errors, or null if it has no pipes.</summary>
    public Stream? StandardError { get; }

    /// <summary>Completes when the process itself has ended; others of its group may live on.</summary>
    public Task<ProcessExit> Exited => _exited.Task;

    /// <summary>Starts a process.</summary>
    /// <param name="start">How.</param>
    /// <exception cref="LlmOpsException"><c>ProgramNotFound</c> or <c>ProgramNotStarted</c>.</exception>
    public static RunningProcess Start(ProcessStart start)
    {
        var (id, input, output, error) = PosixSpawn.Start(start);
        return new RunningProcess(id, input, output, error);
    }

    /// <summary>Sends a signal to the whole group; false if nothing of it lives.</summary>
    /// <param name="group">The group's id: the process id it was started with.</param>
    /// <param name="signal">The signal's number, such as 15.</param>
    public static bool SignalGroup(int group, int signal) => PosixSpawn.Kill(-group, signal) == 0;

    /// <summary>True while any process of the group lives.</summary>
    /// <param name="group">The group's id.</param>
    public static bool GroupLives(int group) => PosixSpawn.Kill(-group, 0) == 0 || Marshal.GetLastPInvokeError() == PosixSpawn.NotPermitted;

    /// <summary>Ends the whole group: SIGTERM, then SIGKILL for what is left after the grace.</summary>
    /// <param name="group">The group's id.</param>
    /// <param name="grace">How long it may take to end by itself.</param>
    /// <param name="time">The clock.</param>
    public static async Task EndGroupAsync(int group, TimeSpan grace, TimeProvider time)
    {
        var began = time.GetTimestamp();
        if (!SignalGroup(group, PosixSpawn.SigTerm)) return;
        while (GroupLives(group))
        {
            if (time.GetElapsedTime(began) > grace) SignalGroup(group, PosixSpawn.SigKill);
            await Task.Delay(TimeSpan.FromMilliseconds(20), time).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the pipes; the process goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (StandardInput is not null) await StandardInput.DisposeAsync().ConfigureAwait(false);
        if (StandardOutput is not null) await StandardOutput.DisposeAsync().ConfigureAwait(false);
        if (StandardError is not null) await StandardError.DisposeAsync().ConfigureAwait(false);
    }

    private void Wait() => _exited.SetResult(PosixSpawn.WaitFor(Id));
}
