using System.Text.RegularExpressions;
using LlmOps.Engines;

namespace LlmOps.Diagnosis;

/// <summary>Finds the line that says why an engine ended where no rule knows it: the first exception of the innermost process, and never a message that only passes another's failure on.</summary>
internal static partial class UnnamedFailure
{
    /// <summary>The line, or null if the log holds no failure.</summary>
    /// <param name="lines">The log's last lines, in order.</param>
    /// <param name="ended">True if the engine has ended: then its last words count where there is no error.</param>
    public static EngineLine? Find(IReadOnlyList<string> lines, bool ended)
    {
        EngineLine? exception = null;
        EngineLine? error = null;
        EngineLine? last = null;
        var depth = -1;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = EngineLogLine.Parse(lines[i]);
            var text = line.Message.Trim();
            if (text.Length == 0 || Wrapper().IsMatch(text)) continue;
            var read = new EngineLine(i + 1, line.Process, text, IsWarning: false);
            last = read;
            if (line.Level is "ERROR" or "CRITICAL" && !Traceback().IsMatch(text)) error ??= read;
            if (Usage().IsMatch(text)) error = read;
            if (!ExceptionLine().IsMatch(text) || DepthOf(line.Process) <= depth) continue;
            depth = DepthOf(line.Process);
            exception = text.Contains("ValidationError", StringComparison.Ordinal) && i + 1 < lines.Count
                ? read with { Text = $"{text} {EngineLogLine.Parse(lines[i + 1]).Message.Trim()}" }
                : read;
        }

        return exception ?? error ?? (ended ? last : null);
    }

    private static int DepthOf(string process) =>
        process.Contains("Worker", StringComparison.Ordinal) ? 2 : process.StartsWith("EngineCore", StringComparison.Ordinal) ? 1 : 0;

    [GeneratedRegex(@"^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Timeout|Interrupt)(?::|\s|$)")]
    private static partial Regex ExceptionLine();

    [GeneratedRegex(@"^[\w.-]+(?: \w+)*: error: ")]
    private static partial Regex Usage();

    [GeneratedRegex(@"^(?:Traceback \(most recent|File ""|\^+$|During handling of|The above exception)")]
    private static partial Regex Traceback();

    [GeneratedRegex(@"Engine core initialization failed|EngineDeadError|EngineCore (?:encountered|failed to start)|WorkerProc (?:initialization )?failed|Worker proc \S+ died|Worker failed with error|See root cause above|resource_tracker|leaked (?:shared_memory|semaphore)|^(?:\w+\.)*(?:SystemExit|CancelledError|BrokenPipeError|EOFError)\b|destroy_process_group")]
    private static partial Regex Wrapper();
}
