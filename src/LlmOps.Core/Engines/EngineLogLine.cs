using System.Text.RegularExpressions;

namespace LlmOps.Engines;

/// <summary>
/// One line of vLLM's log, taken apart: <c>(Worker_TP0 pid=7) INFO 08-17 12:00:00 [file.py:9] message</c>. The process and the
/// head are each optional: progress bars and tracebacks have the first only.
/// </summary>
/// <param name="Process">The process that wrote it, such as <c>EngineCore</c>; empty if the line does not say.</param>
/// <param name="Level">Its level, or empty.</param>
/// <param name="Message">What it says.</param>
internal readonly partial record struct EngineLogLine(string Process, string Level, string Message)
{
    private const int LongestRead = 4096;

    /// <summary>Takes a line apart; colours are removed.</summary>
    public static EngineLogLine Parse(string line)
    {
        var plain = Ansi().Replace(line.Length > LongestRead ? line[..LongestRead] : line, "");
        var process = "";
        if (ProcessPrefix().Match(plain) is { Success: true } prefix)
        {
            process = prefix.Groups[1].Value;
            plain = plain[prefix.Length..];
        }

        return Head().Match(plain) is { Success: true } head
            ? new EngineLogLine(process, head.Groups[1].Value, plain[head.Length..])
            : new EngineLogLine(process, "", plain);
    }

    [GeneratedRegex(@"\x1B\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Ansi();

    [GeneratedRegex(@"^\(([A-Za-z]\w*)(?: [^)]*)?\)\s?")]
    private static partial Regex ProcessPrefix();

    [GeneratedRegex(@"^(DEBUG|INFO|WARNING|ERROR|CRITICAL) \d\d-\d\d \d\d:\d\d:\d\d \[?[^\]\s]+:\d+\]\s?")]
    private static partial Regex Head();
}
