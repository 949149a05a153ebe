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

    /// <summary>Takes a line apart.</summary>
    public static EngineLine Parse(string line, long number)
    {
        var parts = EngineLogLine.Parse(line);
        return new EngineLine(number, parts.Process, parts.Message.Trim(), parts.Level == "WARNING" || Says(line, "WARN"));
    }

    /// <summary>True if the line's level says that nothing is wrong. What it quotes, such as a client's prompt, is no failure then.</summary>
    public static bool IsInformation(ReadOnlySpan<char> line) => Says(line, "INFO") || Says(line, "DEBUG");

    private static bool Says(ReadOnlySpan<char> line, ReadOnlySpan<char> level)
    {
        var head = line[..Math.Min(HeadLength, line.Length)];
        var at = head.IndexOf(level, StringComparison.Ordinal);
        if (at < 0 || (at > 0 && head[at - 1] is not (' ' or '=' or '[' or '"'))) return false;

        // "NCCL WARN ..." and Go's "level=INFO" are levels; a word in the middle of a message is not.
        var after = at + level.Length < head.Length ? head[at + level.Length] : ' ';
        return after is ' ' or ':' or ']' or '"' || char.IsAsciiLetterUpper(after);
    }
}
