using System.Text.RegularExpressions;

namespace LlmOps.Engines;

/// <summary>Finds the line of a log that says why an engine ended: the first exception of the innermost process, and never a message that only passes another's failure on.</summary>
internal static partial class FailureCause
{
    private const int LongestCause = 600;

    /// <summary>The cause, or null if the log says nothing.</summary>
    /// <param name="lines">The log's last lines, in order.</param>
    public static string? Find(IReadOnlyList<string> lines)
    {
        string? exception = null;
        string? error = null;
        string? last = null;
        var depth = -1;
        for (var i = 0; i < lines.Count; i++)
        {
            var line = EngineLogLine.Parse(lines[i]);
            var text = line.Message.Trim();
            if (text.Length == 0 || Wrapper().IsMatch(text)) continue;
            last = text;
            if (line.Level is "ERROR" or "CRITICAL" && !Traceback().IsMatch(text)) error ??= text;
            if (Usage().IsMatch(text)) error = text;
            if (!ExceptionLine().IsMatch(text) || DepthOf(line.Process) <= depth) continue;
            depth = DepthOf(line.Process);
            exception = text.Contains("ValidationError", StringComparison.Ordinal) && i + 1 < lines.Count
                ? $"{text} {EngineLogLine.Parse(lines[i + 1]).Message.Trim()}"
                : text;
        }

        var cause = exception ?? error ?? last;
        return cause?.Length > LongestCause ? cause[..LongestCause] : cause;
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
