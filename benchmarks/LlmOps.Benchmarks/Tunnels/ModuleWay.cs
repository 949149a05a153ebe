using System.Diagnostics;
using LlmOps.Benchmarks.FanOut;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>Ours: New-LlmTunnel in a PowerShell session of a process of its own.</summary>
internal sealed class ModuleWay : IWay
{
    private readonly Process _session;

    public ModuleWay(string folder, SshdFarm farm, int target)
    {
        var home = Directory.CreateDirectory(Path.Join(folder, "home")).FullName;
        File.Copy(farm.KnownHosts, Path.Join(home, "known_hosts"));
        Port = LoopbackPort.Free();
        var start = new ProcessStartInfo("dotnet", [typeof(ModuleWay).Assembly.Location, "session"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["LLMOPS_HOME"] = home;
        _session = System.Diagnostics.Process.Start(start)!;
        Expect("ready");
        _session.StandardInput.WriteLine(
            $"$rig = New-GpuRig 127.0.0.1 -Name bench -Port {farm.Rigs[0].Port} -UserName ([Environment]::UserName) -IdentityFile '{farm.ClientKey}' -ConfigFile none; "
            + $"$null = New-LlmTunnel -Rig $rig -RemotePort {target} -LocalPort {Port}");
        Expect("{");
    }

    public string Name => "New-LlmTunnel";

    public int Port { get; }

    public int? Process => _session.Id;

    public void Dispose()
    {
        _session.StandardInput.Close();
        if (!_session.WaitForExit(5000)) _session.Kill();
        _session.Dispose();
    }

    private void Expect(string beginning)
    {
        var answer = _session.StandardOutput.ReadLine();
        if (answer?.StartsWith(beginning, StringComparison.Ordinal) != true) throw new InvalidOperationException($"The session ended: {answer}");
    }
}
