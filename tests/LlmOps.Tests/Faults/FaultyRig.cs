using LlmOps.Rigs;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Tests.Faults;

/// <summary>A simulated rig that is changed while it runs: its programs read what it is each time they start.</summary>
/// <param name="rig">The rig.</param>
public sealed class FaultyRig(GpuRig rig)
{
    private readonly SimulatedRigState _sound = SimulatedRigState.Read(new SimulatedRigFolder(rig.Simulation!.Folder));

    public SimulatedRigFolder Folder { get; } = new(rig.Simulation!.Folder);

    public GpuRig Rig => rig;

    /// <summary>Makes programs that start from now on fail, or see other GPUs, or run at another speed.</summary>
    public void Become(string? fault = null, string? gpu = null, double? speed = null)
    {
        (SimulatedRigState.Read(Folder) with { Fault = fault is null ? [] : [fault], Gpu = gpu ?? _sound.Gpu, Speed = speed ?? _sound.Speed }).Write(Folder);
        var (tool, away) = (Path.Join(Folder.Bin, "nvidia-smi"), Folder.Join("tmp/nvidia-smi"));
        if (fault == "NoNvidiaSmi" && !File.Exists(away)) File.Move(tool, away);
        else if (fault != "NoNvidiaSmi" && File.Exists(away)) File.Move(away, tool);
    }

    /// <summary>What a failed command must leave as it was: the folders of servers, engines and models.</summary>
    public IReadOnlyList<string> Contents() =>
        [.. new[] { "home/.llmops/servers", "home/.llmops/venvs", "home/.cache/huggingface/hub" }.Select(Folder.Join).Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];

    /// <summary>Takes the rig's SSH server away, and all its sessions.</summary>
    public void Vanish()
    {
        var processes = new SimulatedRigProcesses(Folder);
        var sessions = processes.SshSessions();
        SimulatedRigProcesses.Kill(processes.Find("sshd")!);
        foreach (var session in sessions) SimulatedRigProcesses.Kill(session);
    }
}
