using System.Text.Json;
using LlmOps.Processes;
using LlmOps.Protocol;
using LlmOps.State;

namespace LlmOps.Jobs;

/// <summary>
/// Work that outlives the connection that asked for it. The first request with a key starts it in a session of its own; every later one
/// with the same key, from any agent, joins it. A client that cancels ends it; a client that is merely gone does not.
/// </summary>
public static class DetachedJob
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    /// <summary>Starts or joins a job and returns its result.</summary>
    /// <typeparam name="TSpec">What it takes.</typeparam>
    /// <typeparam name="TProgress">How far it is.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="definition">The kind of job.</param>
    /// <param name="key">What makes two requests the same job; fit for a file name.</param>
    /// <param name="ticket">Made by the caller once per wish: asking again with the same ticket, after a lost connection, never starts a job anew that has ended meanwhile.</param>
    /// <param name="spec">What it takes.</param>
    /// <param name="layout">Where the rig keeps jobs.</param>
    /// <param name="request">The request that asks for it.</param>
    /// <param name="cancel">The request's token.</param>
    /// <exception cref="LlmOpsException">The job's own failure, <c>JobDied</c> or <c>JobNotStarted</c>.</exception>
    public static async Task<TResult> RunOrJoinAsync<TSpec, TProgress, TResult>(
        JobDefinition<TSpec, TProgress, TResult> definition, string key, string ticket, TSpec spec, RigLayout layout, IAgentRequest<TProgress> request, CancellationToken cancel)
    {
        var folder = new JobFolder(Path.Join(layout.Jobs, $"{definition.Name}-{key}"));
        await StartOnceAsync(definition, ticket, spec, folder, cancel).ConfigureAwait(false);
        using var ending = request.ClientCancelled.Register(() => End(folder));
        string? reported = null;
        while (true)
        {
            var running = folder.IsRunning();
            var state = folder.ReadState();
            if (state?.Progress is { } progress && progress.GetRawText() is var text && text != reported)
            {
                reported = text;
                await request.SendAsync(progress.Deserialize(definition.Progress)!, cancel).ConfigureAwait(false);
            }

            if (state?.Fault is { } fault) throw fault.ToException();
            if (state?.Result is { } result) return result.Deserialize(definition.Result)!;
            if (!running) throw JobErrors.Died(definition.Name, LogTail(folder));
            await Task.Delay(Poll, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The body of the detached process: reads the specification, works, and leaves the result or the failure in the job's folder.</summary>
    /// <typeparam name="TSpec">What it takes.</typeparam>
    /// <typeparam name="TProgress">How far it is.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="definition">The kind of job.</param>
    /// <param name="path">The job's folder.</param>
    /// <param name="work">What it does. It reports progress as often as it likes; at most five reports a second are kept.</param>
    /// <param name="cancel">SIGTERM.</param>
    public static async Task RunAsync<TSpec, TProgress, TResult>(
        JobDefinition<TSpec, TProgress, TResult> definition, string path, Func<TSpec, Action<TProgress>, CancellationToken, Task<TResult>> work, CancellationToken cancel)
    {
        var folder = new JobFolder(path);
        using var running = folder.TryLock("lock");
        if (running is null) return;
        var spec = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(folder.Spec, CancellationToken.None).ConfigureAwait(false), definition.Spec)!;
        File.Delete(folder.Spec);
        var reporter = new JobReporter<TProgress>(folder, definition.Progress);
        reporter.Begin();
        try
        {
            var result = await work(spec, reporter.Report, cancel).ConfigureAwait(false);
            reporter.End(JsonSerializer.SerializeToElement(result, definition.Result), null);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            reporter.End(null, AgentFault.From(JobErrors.Died(definition.Name, "")));
        }
        catch (Exception failure)
        {
            reporter.End(null, AgentFault.From(failure));
        }
    }

    private static async Task StartOnceAsync<TSpec, TProgress, TResult>(
        JobDefinition<TSpec, TProgress, TResult> definition, string ticket, TSpec spec, JobFolder folder, CancellationToken cancel)
    {
        FileStream? starting;
        while ((starting = folder.TryLock("starting")) is null) await Task.Delay(Poll, cancel).ConfigureAwait(false);
        await using var held = starting.ConfigureAwait(false);
        if (folder.IsRunning() || (folder.Ticket == ticket && folder.ReadState() is { IsOver: true })) return;
        folder.ClearState();
        folder.Ticket = ticket;
        AtomicFile.Write(folder.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, definition.Spec), JobFolder.OwnerOnly);
        var process = RunningProcess.Start(new ProcessStart
        {
            FileName = Environment.ProcessPath!,
            Arguments = ["job", definition.Name, folder.Path],
            LogFile = folder.Log,
            Detached = true,
        });
        var began = TimeProvider.System.GetTimestamp();
        while (folder.ReadState() is null)
        {
            if (process.Exited.IsCompleted || TimeProvider.System.GetElapsedTime(began) > StartLimit) throw JobErrors.NotStarted(definition.Name);
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static void End(JobFolder folder)
    {
        if (folder.IsRunning() && folder.ReadState() is { } state)
            _ = RunningProcess.EndGroupAsync(state.Pid, EndGrace, TimeProvider.System);
    }

    private static string LogTail(JobFolder folder) =>
        File.Exists(folder.Log) ? string.Join(Environment.NewLine, File.ReadLines(folder.Log).TakeLast(5)) : "";
}
