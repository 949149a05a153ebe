using LlmOps.Processes;

namespace LlmOps.Engines;

/// <summary>Runs a program of an installation to its end, telling its lines as they come.</summary>
/// <param name="log">The file that keeps what it writes.</param>
internal sealed class InstallStep(string log)
{
    private const int TailLines = 8;
    private const string NoSpace = "No space left on device";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    /// <summary>Runs a program; ends it and all it started when cancelled.</summary>
    /// <param name="name">What is done, for people.</param>
    /// <param name="start">The program.</param>
    /// <param name="onLine">Told each line.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LlmOpsException"><c>EngineInstallFailed</c> or <c>EngineDiskFull</c> with its last lines.</exception>
    public async Task RunAsync(string name, ProcessStart start, Action<string> onLine, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        var file = new GrowingFile(log, File.Exists(log) ? new FileInfo(log).Length : 0);
        var splitter = new LogLineSplitter(barsToo: true);
        var tail = new Queue<string>();
        var process = RunningProcess.Start(start with { LogFile = log, Detached = true });
        while (true)
        {
            var ended = process.Exited.IsCompleted;
            for (byte[] read; (read = file.Read()).Length > 0;)
            {
                foreach (var line in splitter.Add(read)) Take(EngineLogLine.Parse(line).Message.Trim());
            }

            if (ended) break;
            await Task.WhenAny(process.Exited, Task.Delay(Poll, cancel)).ConfigureAwait(false);
            if (!cancel.IsCancellationRequested) continue;
            await RunningProcess.EndGroupAsync(process.Id, EndGrace, TimeProvider.System).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }

        if ((await process.Exited.ConfigureAwait(false)).Code == 0) return;
        var said = string.Join(Environment.NewLine, tail);
        throw tail.Any(line => line.Contains(NoSpace, StringComparison.Ordinal)) ? EngineErrors.DiskFull(name, said) : EngineErrors.InstallFailed(name, said);

        void Take(string line)
        {
            if (line.Length == 0) return;
            tail.Enqueue(line);
            if (tail.Count > TailLines) tail.Dequeue();
            onLine(line);
        }
    }
}
