using LlmOps.Rigs.Simulation;

namespace LlmOps.Simulator.Machine;

/// <summary>The fault DropSsh: some time after the first login it breaks all SSH connections of the rig, once.</summary>
internal static class SshDropper
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(SimulatedMachine machine, CancellationToken cancel)
    {
        var done = machine.Folder.Join("state/ssh-dropped");
        if (machine.Fault("DropSsh") is not { } fault || File.Exists(done)) return;
        var processes = new SimulatedRigProcesses(machine.Folder);
        while (processes.SshSessions().Count == 0) await Task.Delay(Poll, cancel).ConfigureAwait(false);
        await Task.Delay(fault.After, cancel).ConfigureAwait(false);
        await File.WriteAllTextAsync(done, "", cancel).ConfigureAwait(false);
        foreach (var session in processes.SshSessions()) SimulatedRigProcesses.Kill(session);
    }
}
