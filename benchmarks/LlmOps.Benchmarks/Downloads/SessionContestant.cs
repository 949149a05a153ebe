using System.Diagnostics;
using System.Text.Json;

namespace LlmOps.Benchmarks.Downloads;

/// <summary>Ours: Get-HfModel in a PowerShell session of a process of its own, which is open already, as a user's is.</summary>
/// <param name="name">The name in the tables.</param>
/// <param name="script">The command for a folder.</param>
/// <param name="environment">Variables of the session.</param>
internal sealed class SessionContestant(string name, Func<string, string> script, IReadOnlyDictionary<string, string> environment) : IContestant
{
    public string Name => name;

    public Usage Download(string folder)
    {
        using var session = Open();
        session.StandardInput.WriteLine(script(folder));
        var answer = session.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The session ended.");
        session.StandardInput.Close();
        session.WaitForExit();
        return JsonSerializer.Deserialize<Usage>(answer) ?? throw new InvalidOperationException(answer);
    }

    public bool DownloadAndKill(string folder, Func<bool> until)
    {
        using var session = Open();
        session.StandardInput.WriteLine(script(folder));
        var isOver = session.StandardOutput.ReadLineAsync();
        while (!until() && !isOver.IsCompleted) Thread.Sleep(2);
        Signals.Send(session.Id, Signals.Kill);
        session.WaitForExit();
        return isOver.GetAwaiter().GetResult() is null;
    }

    private Process Open()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SessionContestant).Assembly.Location, "session"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        var session = Process.Start(start)!;
        if (session.StandardOutput.ReadLine() != "ready") throw new InvalidOperationException("The session did not open.");
        return session;
    }
}
