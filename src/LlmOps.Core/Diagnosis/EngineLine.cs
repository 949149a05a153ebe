using LlmOps.Engines;

namespace LlmOps.Diagnosis;

/// <summary>A line of a log that matters.</summary>
/// <param name="Number">Its number in the log, from 1.</param>
/// <param name="Process">The process or rank that wrote it, or empty.</param>
/// <param name="Text">What it says, without its head.</param>
/// <param name="IsWarning">True if its own level says that the engine goes on.</param>
internal readonly record struct EngineLine(long Number, string Process, string Text, bool IsWarning)
{
    private const int HeadLength = 96;

    private static readonly string[] Levels = ["ERROR", "CRITICAL", "FATAL", "WARN", "INFO", "DEBUG"];

    /// <summary>Takes a line apart.</summary>
    public static EngineLine Parse(string line, long number)
    {
        var parts = EngineLogLine.Parse(line);
        return new EngineLine(number, parts.Process, parts.Message.Trim(), LevelOf(line) == "WARN");
    }

    /// <summary>True if the line's level says that nothing is wrong. What it quotes, such as a client's prompt, is no failure then.</summary>
    public static bool IsInformation(ReadOnlySpan<char> line) => LevelOf(line) is "INFO" or "DEBUG";

    /// <summary>The first level that stands in the line's head, whichever engine's manner it has: <c>INFO 08-17</c>, <c>INFO:</c>, <c>level=INFO</c>. <c>NCCL WARN</c> is none: NCCL has no other level for its errors.</summary>
    private static string? LevelOf(ReadOnlySpan<char> line)
    {
        var head = line[..Math.Min(HeadLength, line.Length)];
        var (first, found) = (head.Length, (string?)null);
        foreach (var level in Levels)
        {
            var at = head.IndexOf(level, StringComparison.Ordinal);
            if (at < 0 || at >= first || !IsBegun(head[..at]) || (level == "WARN" && head[..at].EndsWith("NCCL "))) continue;
            var after = at + level.Length < head.Length ? head[at + level.Length] : ' ';
            if (after is ' ' or ':' or ']' or '"' or '\t' || (level == "WARN" && after == 'I')) (first, found) = (at, level);
        }

        return found;
    }

    /// <summary>A level stands for itself or behind <c>level=</c>; in <c>NCCL_DEBUG=INFO</c> it is somebody's advice.</summary>
    private static bool IsBegun(ReadOnlySpan<char> before) => before.IsEmpty || before[^1] is ' ' or '[' or '"' || before.EndsWith("level=", StringComparison.Ordinal);
}
