using System.Diagnostics;
using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Processes;

namespace LlmOps.Tunnels;

/// <summary>A PowerShell without a window that outlives this session: the program that every user of the module has, on every platform.</summary>
internal static class DetachedShell
{
    private static readonly string ProgramName = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";

    /// <summary>The program and what comes before its own arguments. Only tests change it.</summary>
    public static IReadOnlyList<string>? Program { get; set; }

    /// <summary>Starts one that imports this module and runs a script.</summary>
    /// <param name="script">The script; never holds a secret, since everybody on the machine can read it.</param>
    /// <returns>The process id.</returns>
    /// <exception cref="LlmOpsException"><c>ShellNotFound</c>.</exception>
    public static int Start(string script)
    {
        var program = Program ?? [Find()];
        string[] arguments = [.. program.Skip(1), "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", $"Import-Module {Quoted(Services.Manifest)} -ErrorAction Stop; {script}"];
        if (!OperatingSystem.IsWindows()) return RunningProcess.Start(new ProcessStart { FileName = program[0], Arguments = arguments, Detached = true }).Id;
        using var process = Process.Start(new ProcessStartInfo(program[0], arguments) { CreateNoWindow = true, UseShellExecute = false })!;
        return process.Id;
    }

    /// <summary>A text as PowerShell reads it.</summary>
    public static string Quoted(string text) => $"'{System.Management.Automation.Language.CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    // The pwsh of this session is certain to fit; another one on PATH may be older.
    private static string Find()
    {
        if (Environment.ProcessPath is { } own && Path.GetFileName(own).Equals(ProgramName, StringComparison.OrdinalIgnoreCase)) return own;
        string?[] folders = [Path.GetDirectoryName(typeof(PSObject).Assembly.Location), .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)];
        return folders.Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => Path.Join(folder, ProgramName)).FirstOrDefault(File.Exists) ?? throw TunnelErrors.ShellNotFound();
    }
}
