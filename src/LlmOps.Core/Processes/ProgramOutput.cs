using System.Text;

namespace LlmOps.Processes;

/// <summary>What a short program wrote, and how it ended.</summary>
/// <param name="Exit">How it ended.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ProgramOutput(ProcessExit Exit, string Output, string Error)
{
    private static readonly TimeSpan EndGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a program with empty input and waits for it. When the limit or the caller ends the wait, the whole process group is ended too, without waiting for one that cannot be killed.</summary>
    /// <param name="start">How to start it.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the program.</param>
    /// <exception cref="LlmOpsException"><c>ProgramNotFound</c> or <c>ProgramNotStarted</c>.</exception>
    /// <exception cref="TimeoutException">It took longer than the limit.</exception>
    public static async Task<ProgramOutput> CaptureAsync(ProcessStart start, TimeSpan limit, TimeProvider time, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var process = RunningProcess.Start(start);
        var done = FinishAsync(process);
        try
        {
            return await done.WaitAsync(limit, time, cancel).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            _ = RunningProcess.EndGroupAsync(process.Id, EndGrace, time);
            throw;
        }
    }

    private static async Task<ProgramOutput> FinishAsync(RunningProcess process)
    {
        await using var pipes = process.ConfigureAwait(false);
        await process.StandardInput!.DisposeAsync().ConfigureAwait(false);
        var output = Task.Run(() => Read(process.StandardOutput!));
        var error = Task.Run(() => Read(process.StandardError!));
        await Task.WhenAll(output, error).ConfigureAwait(false);
        return new ProgramOutput(await process.Exited.ConfigureAwait(false), await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    // Not asynchronously: .NET reads a pipe by holding a second thread then.
    private static string Read(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
