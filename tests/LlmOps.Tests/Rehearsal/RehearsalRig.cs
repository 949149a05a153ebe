using System.Text;
using System.Text.RegularExpressions;
using LlmOps.Rigs;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Tests.Rehearsal;

/// <summary>A session with one rehearsal rig, made of the built module's agent and simulator, for all tests of a class. Its clock runs as fast as it can.</summary>
public sealed class RehearsalRig : IDisposable
{
    public const string Model = "Qwen/Qwen2.5-0.5B-Instruct";

    public RehearsalRig()
    {
        Session = new Session();
        Session.SetEnvironment("LLMOPS_MODULE_BIN", BuiltModule.Bin);
        Session.SetEnvironment("HF_HOME", Path.Join(Session.Folder, "hf"));
        Rig = Session.Invoke("New-GpuRig -Simulated -Gpu A40 -GpuCount 2 -Speed 200 -Name lab").NoErrors().Single<GpuRig>();
        Session.SetEnvironment("HF_ENDPOINT", File.ReadAllText(Path.Join(Rig.Simulation!.Folder, "state", "hub")).Trim());
        Session.SetVariable("rig", Rig);
    }

    internal Session Session { get; }

    internal GpuRig Rig { get; }

    /// <summary>The command lines of what runs on the rig, its ever-running parts aside: sshd, the hub, and agents that wait for a request.</summary>
    internal IReadOnlyList<string> Running(string pattern) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), out _) && Read(process, "environ").Contains($"{SimulatedRigFolder.Variable}={Rig.Simulation!.Folder}", StringComparison.Ordinal))
            .Select(process => Read(process, "cmdline").Replace('\0', ' '))
            .Where(line => Regex.IsMatch(line, pattern))];

    /// <summary>The server that serves the rig's model; started where none runs.</summary>
    internal void EnsureServer()
    {
        var script = $"if (-not (Get-LlmServer -Rig lab | Where-Object State -eq Ready)) {{ $rig | Get-HfModel {Model} | Start-VllmServer -Name qwen }}";
        Session.Invoke(script).NoErrors();
    }

    public void Dispose()
    {
        Session.Invoke("Get-LlmTunnel | Remove-LlmTunnel -DrainTimeout 0; Remove-GpuRig lab");
        Session.Dispose();
    }

    private static string Read(string process, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Join(process, file)));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
