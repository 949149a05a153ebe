using System.Text;

namespace LlmOps.Processes;

/// <summary>A program that ran to its end, and what it wrote.</summary>
/// <param name="Exit">How it ended.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Errors">What it wrote as errors.</param>
internal sealed record CapturedProcess(ProcessExit Exit, string Output, string Errors)
{
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    /// <summary>True when it ended with exit code 0.</summary>
    public bool Succeeded => Exit.Code == 0;

    /// <summary>Runs a program and reads what it writes; ends it and all it started when cancelled.</summary>
    /// <param name="start">How to start it.</param>
    /// <param name="onError">Called with each line of its errors as it comes, or null.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<CapturedProcess> RunAsync(ProcessStart start, Action<string>? onError, CancellationToken cancel)
    {
        var process = RunningProcess.Start(start);
        await using var pipes = process.ConfigureAwait(false);
        await process.StandardInput!.DisposeAsync().ConfigureAwait(false);
        using var ending = cancel.Register(() => _ = RunningProcess.EndGroupAsync(process.Id, EndGrace, TimeProvider.System));
        var output = ReadAsync(process.StandardOutput!, null);
        var errors = ReadAsync(process.StandardError!, onError);
        var captured = new CapturedProcess(await process.Exited.ConfigureAwait(false), await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        cancel.ThrowIfCancellationRequested();
        return captured;
    }

    private static async Task<string> ReadAsync(Stream stream, Action<string>? onLine)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var text = new StringBuilder();
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            text.Append(line).Append('\n');
            onLine?.Invoke(line);
        }

        return text.ToString();
    }
}
