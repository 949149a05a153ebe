using System.Diagnostics;
using System.Text;
using LlmOps.Processes;

namespace LlmOps.Containers;

/// <summary>
/// Runs an engine's own program, which honours contexts, connections and settings as the user has made them. Not by <see cref="RunningProcess"/>: a workstation may run Windows.
/// </summary>
/// <param name="program">The program's path.</param>
internal sealed class ContainerCli(string program)
{
    /// <summary>The program's path.</summary>
    public string Program => program;

    /// <summary>Runs a command to its end. When the caller gives up, the program is ended.</summary>
    /// <param name="arguments">Its arguments; never a secret, since everybody on the machine can read them.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="line">Told each line as it comes, of either stream, on threads of the pool.</param>
    /// <param name="cancel">Ends the program.</param>
    public async Task<ProgramOutput> RunAsync(IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, Action<string>? line, CancellationToken cancel)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        process.Start();
        using var end = cancel.Register(() => End(process));
        var output = ReadAsync(process.StandardOutput, line);
        var error = ReadAsync(process.StandardError, line);
        await WriteAsync(process, input).ConfigureAwait(false);
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        var written = new ProgramOutput(new ProcessExit(process.ExitCode, null), await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        cancel.ThrowIfCancellationRequested();
        return written;
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code and what it says tell why.
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, Action<string>? line)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } next)
        {
            text.Append(next).Append('\n');
            line?.Invoke(next);
        }

        return text.ToString();
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
