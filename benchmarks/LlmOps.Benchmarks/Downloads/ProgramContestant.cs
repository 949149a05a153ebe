using System.Diagnostics;
using System.Globalization;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>A program that is started for each download. What it uses is what GNU <c>time</c> says.</summary>
/// <param name="name">The name in the tables.</param>
/// <param name="program">Its path.</param>
/// <param name="arguments">Its arguments for a folder.</param>
/// <param name="environment">Variables that it gets.</param>
internal sealed class ProgramContestant(
    string name, string program, Func<string, IReadOnlyList<string>> arguments, IReadOnlyDictionary<string, string> environment) : IContestant
{
    public string Name => name;

    public Usage Download(string folder)
    {
        var report = Path.Join(folder, "..", "time.txt");
        using var process = Start("/usr/bin/time", ["-o", report, "-f", "%e %U %S %M", program, .. arguments(folder)]);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{name} ended with {process.ExitCode}.");
        var words = File.ReadAllLines(report)[^1].Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToList();
        return new Usage(words[0], words[1] + words[2], (long)(words[3] * 1024), 0);
    }

    public bool DownloadAndKill(string folder, Func<bool> until)
    {
        using var process = Start(program, arguments(folder));
        while (!until() && !process.HasExited) Thread.Sleep(2);
        Signals.Send(process.Id, Signals.Kill);
        process.WaitForExit();
        return process.ExitCode == Signals.ExitCodeOf(Signals.Kill);
    }

    private Process Start(string file, IEnumerable<string> words)
    {
        var start = new ProcessStartInfo(file, words) { RedirectStandardInput = true };
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        // Its words to nowhere, as ours go: a terminal would cost both.
        start.FileName = "/bin/sh";
        start.ArgumentList.Insert(0, file);
        start.ArgumentList.Insert(0, "exec \"$0\" \"$@\" >/dev/null 2>&1");
        start.ArgumentList.Insert(0, "-c");
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
