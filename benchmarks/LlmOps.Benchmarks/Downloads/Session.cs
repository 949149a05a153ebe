using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.Json;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>The other end of <see cref="SessionContestant"/>: imports the module, then runs each line of its input and says what it used.</summary>
internal static class Session
{
    public static int Run()
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        Invoke(runspace, $"Import-Module '{ModuleUnderTest.Manifest()}' -ErrorAction Stop; $null = Get-Command Get-HfModel");
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } script)
        {
            File.WriteAllText("/proc/self/clear_refs", "5"); // the peak begins anew
            var before = Resident("VmRSS");
            var processor = Environment.CpuUsage.TotalTime;
            var began = Stopwatch.GetTimestamp();
            Invoke(runspace, script);
            var usage = new Usage(Stopwatch.GetElapsedTime(began).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds, Resident("VmHWM"), before);
            Console.WriteLine(JsonSerializer.Serialize(usage));
        }

        return 0;
    }

    private static void Invoke(Runspace runspace, string script)
    {
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(script).Invoke();
        if (shell.HadErrors) throw new InvalidOperationException(string.Join(Environment.NewLine, shell.Streams.Error));
    }

    private static long Resident(string field) =>
        File.ReadLines("/proc/self/status").Where(line => line.StartsWith(field + ":", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024).Single();
}
