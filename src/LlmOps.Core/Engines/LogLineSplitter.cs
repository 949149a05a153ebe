using System.Text;

namespace LlmOps.Engines;

/// <summary>Cuts the bytes of a growing log into lines, however they arrive.</summary>
/// <param name="barsToo">True ends a line at a carriage return as well, so that each step of a progress bar is a line of its own; false keeps what a terminal would show at last.</param>
internal sealed class LogLineSplitter(bool barsToo)
{
    private const int LongestLine = 64 * 1024;

    private readonly List<byte> _open = [];

    /// <summary>How many bytes of the line that has not been ended were taken.</summary>
    public long Pending { get; private set; }

    /// <summary>Takes bytes; returns the lines that they complete.</summary>
    public IReadOnlyList<string> Add(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<string>();
        foreach (var value in bytes)
        {
            Pending++;
            if (value == '\n' || (barsToo && value == '\r')) Take(lines);
            else if (_open.Count < LongestLine) _open.Add(value);
        }

        return lines;
    }

    /// <summary>The line that has not been ended, if any; the splitter is empty afterwards.</summary>
    public IReadOnlyList<string> Rest()
    {
        var lines = new List<string>();
        if (_open.Count > 0) Take(lines);
        return lines;
    }

    private void Take(List<string> lines)
    {
        var text = Encoding.UTF8.GetString([.. _open]).TrimEnd('\r');
        _open.Clear();
        Pending = 0;
        var shown = text[(text.LastIndexOf('\r') + 1)..];
        if (shown.Length > 0 || !barsToo) lines.Add(shown);
    }
}
