using LlmOps.State;

namespace LlmOps.Rigs.Simulation;

/// <summary>Makes, revives and removes rehearsal rigs on this machine.</summary>
/// <param name="time">The clock.</param>
public sealed class SimulatedRigHost(TimeProvider time)
{
    /// <summary>Makes a rehearsal rig and switches it on.</summary>
    /// <param name="name">The rig's name.</param>
    /// <param name="gpu">The GPU model, such as <c>A40</c> or <c>NVIDIA A40</c>.</param>
    /// <param name="count">How many of them, 1 to 16.</param>
    /// <param name="speed">How many times faster than a real machine its clock runs.</param>
    /// <param name="faults">How it fails; see <see cref="SimulatedFault"/>.</param>
    /// <param name="home">Where this workstation keeps rehearsal rigs.</param>
    /// <param name="simulatorPath">The simulator's executable for this machine.</param>
    /// <param name="cancel">Ends the attempt; nothing is left then.</param>
    /// <exception cref="LlmOpsException">The errors of <see cref="SimulatedRigBuilder.Build"/> and <see cref="SimulatedRigPower.StartAsync"/>, and <c>RigNameInvalid</c>.</exception>
    public async Task<GpuRig> CreateAsync(
        string name, string gpu, int count, double speed, IReadOnlyList<string> faults, LlmOpsHome home, string simulatorPath, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(home);
        RigName.Validate(name);
        var folder = new SimulatedRigFolder(Path.Join(home.Simulated, name));
        SimulatedRigBuilder.Build(folder, new SimulatedRigState
        {
            Name = name,
            Gpu = gpu,
            GpuCount = count,
            Speed = speed,
            Fault = faults,
            Simulator = simulatorPath,
            HubPort = LoopbackPort.Choose(),
        });
        try
        {
            return RigOf(folder, await new SimulatedRigPower(folder, time).StartAsync(cancel).ConfigureAwait(false), time.GetUtcNow());
        }
        catch
        {
            await RemoveAsync(folder).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Switches a rehearsal rig on again if it does not run, as after a restart of this machine.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The rig with the port that it has now; equal to the one given unless another program took its port.</returns>
    /// <exception cref="LlmOpsException">The errors of <see cref="SimulatedRigPower.StartAsync"/>.</exception>
    public async Task<GpuRig> EnsureRunningAsync(GpuRig rig, CancellationToken cancel)
    {
        var folder = FolderOf(rig);
        var now = RigOf(folder, await new SimulatedRigPower(folder, time).StartAsync(cancel).ConfigureAwait(false), rig.CreatedAt);
        return now.Ssh?.Port == rig.Ssh?.Port ? rig : rig with { Ssh = now.Ssh };
    }

    /// <summary>Ends everything that runs on a rehearsal rig and deletes its folder. A rig that is gone already is no error.</summary>
    /// <param name="rig">The rig.</param>
    /// <exception cref="LlmOpsException"><c>SimulatedRigNotEnded</c>, or <c>SimulatedRigMissing</c> for a folder that is no rig.</exception>
    public async Task DestroyAsync(GpuRig rig)
    {
        var folder = FolderOf(rig);
        if (Directory.Exists(folder.Path) && !folder.Exists) throw SimulatorErrors.RigMissing(folder.Path); // never delete what is no rig
        await RemoveAsync(folder).ConfigureAwait(false);
    }

    private static SimulatedRigFolder FolderOf(GpuRig rig)
    {
        ArgumentNullException.ThrowIfNull(rig);
        return new SimulatedRigFolder((rig.Simulation ?? throw SimulatorErrors.RigMissing(rig.Name)).Folder);
    }

    private static GpuRig RigOf(SimulatedRigFolder folder, SimulatedRigState state, DateTimeOffset createdAt) => new()
    {
        Name = state.Name,
        Kind = RigKind.Simulated,
        CreatedAt = createdAt,
        Root = folder.LlmOpsRoot,
        Gpu = state.Gpu,
        GpuCount = state.GpuCount,
        Ssh = state.SshPort is null ? null : new SshDestination
        {
            HostName = state.Address,
            Port = state.SshPort,
            UserName = Environment.UserName,
            IdentityFile = [folder.IdentityFile],
            KnownHostsFile = folder.KnownHosts,
            ConfigFile = "none",
        },
        Simulation = new SimulatedRig { Folder = folder.Path, Gpu = state.Gpu, GpuCount = state.GpuCount, Speed = state.Speed, Fault = state.Fault },
    };

    private async Task RemoveAsync(SimulatedRigFolder folder)
    {
        await new SimulatedRigPower(folder, time).StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (Directory.Exists(folder.Path)) Directory.Delete(folder.Path, recursive: true);
    }
}
