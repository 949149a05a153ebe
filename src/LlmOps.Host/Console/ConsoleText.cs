using System.Management.Automation;
using System.Management.Automation.Internal;

namespace LlmOps.Host;

/// <summary>One of the console's two outputs: in colour on a terminal, plain in a file or a pipe.</summary>
/// <param name="writer">Where the text goes.</param>
/// <param name="redirected">True if it goes to a file or a pipe.</param>
internal sealed class ConsoleText(TextWriter writer, bool redirected)
{
    private const string Reset = "\e[0m";

    /// <summary>True on a terminal.</summary>
    public bool IsTerminal { get; } = !redirected;

    /// <summary>True where colours may be used, see no-color.org.</summary>
    public bool IsColored { get; } = !redirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "" && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Writes text, in a colour if one is given as an escape sequence.</summary>
    public void Write(string text, string color = "")
    {
        writer.Write(!IsColored ? new StringDecorated(text).ToString(OutputRendering.PlainText) : color.Length == 0 ? text : color + text + Reset);
        writer.Flush();
    }

    /// <summary>Writes text and ends the line.</summary>
    public void WriteLine(string text, string color = "")
    {
        Write(text, color);
        Write(Environment.NewLine);
    }
}
