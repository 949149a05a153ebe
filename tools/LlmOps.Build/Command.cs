using System.Diagnostics;
using System.Text;

namespace LlmOps.Build;

/// <summary>Runs other programs.</summary>
internal static class Command
{
    /// <summary>The dotnet that runs this program.</summary>
    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");

    /// <summary>Runs a program to its end and keeps what it says.</summary>
    public static (int ExitCode, string Output) Capture(string program, params IEnumerable<string> arguments)
    {
        var output = new StringBuilder();
        using var process = Process.Start(StartInfo(program, arguments, redirect: true))!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return (process.ExitCode, output.ToString());

        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (output) output.AppendLine(line.Data);
        }
    }

    /// <summary>Runs a program and says nothing, unless it fails.</summary>
    public static void Quietly(string program, params IEnumerable<string> arguments)
    {
        var (exitCode, output) = Capture(program, arguments);
        if (exitCode == 0) return;
        var errors = output.Split('\n').Select(line => line.Trim()).Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct().ToList();
        throw new BuildFailure($"{Path.GetFileName(program)} {string.Join(' ', arguments)} failed with exit code {exitCode}:\n{(errors.Count > 0 ? string.Join('\n', errors) : output)}");
    }

    /// <summary>Runs a program on this terminal.</summary>
    public static int Foreground(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(StartInfo(program, arguments, redirect: false))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Where a program is: on PATH or in one of the folders; null if it is nowhere.</summary>
    public static string? Find(string program, params IEnumerable<string> folders) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(folders)
            .Select(folder => Path.Join(folder, OperatingSystem.IsWindows() ? program + ".exe" : program)).FirstOrDefault(File.Exists);

    private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments, bool redirect)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = redirect ? Checkout.Root : Environment.CurrentDirectory,
            RedirectStandardOutput = redirect,
            RedirectStandardError = redirect,
            RedirectStandardInput = redirect,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // a worker that stays would keep our pipes open
        return start;
    }
}
