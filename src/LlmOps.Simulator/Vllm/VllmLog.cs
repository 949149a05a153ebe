using System.Globalization;

namespace LlmOps.Simulator.Vllm;

/// <summary>vLLM's log: every line with the process that wrote it, its level, the time and the place in the source.</summary>
internal sealed class VllmLog(TextWriter output)
{
    private readonly Lock _gate = new();

    /// <summary>A process as the log names it, such as <c>Worker_TP0 pid=12</c>.</summary>
    public static string Tag(string name, int pid) => string.Create(CultureInfo.InvariantCulture, $"{name} pid={pid}");

    public void Info(string tag, string source, string message) => Write(tag, "INFO", source, message);

    public void Warning(string tag, string source, string message) => Write(tag, "WARNING", source, message);

    /// <summary>An error of several lines; each one gets the whole prefix.</summary>
    public void Error(string tag, string source, string text)
    {
        foreach (var line in text.Split('\n')) Write(tag, "ERROR", source, line);
    }

    /// <summary>Lines without level and place, as tracebacks and uvicorn's lines have them.</summary>
    public void Plain(string tag, string text) => Put(string.Concat(text.Split('\n').Select(line => $"({tag}) {line}\n")));

    /// <summary>A state of a progress bar: it overwrites the one before.</summary>
    public void Bar(string tag, string text, bool last) => Put($"\r({tag}) {text}{(last ? "\n" : "")}");

    private void Write(string tag, string level, string source, string message) =>
        Put($"({tag}) {level} {DateTime.Now.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} [{source}] {message}\n");

    private void Put(string text)
    {
        lock (_gate)
            try
            {
                output.Write(text);
                output.Flush();
            }
            catch (IOException)
            {
                // nobody reads the log any more; a server does not end for that
            }
    }
}
