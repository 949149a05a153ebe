using LlmOps.Rigs.Simulation;

namespace LlmOps.Rigs;

/// <summary>Opens links to rigs of every kind.</summary>
/// <param name="ssh">Opens those that go by SSH; created when the first is needed.</param>
/// <param name="time">The clock.</param>
public sealed class RigLinkFactory(Func<IRigLinkFactory> ssh, TimeProvider time) : IRigLinkFactory
{
    private readonly Lazy<IRigLinkFactory> _ssh = new(ssh);

    /// <inheritdoc/>
    public async Task<IRigLink> OpenAsync(GpuRig rig, IConnectQuestions? questions, CancellationToken cancel)
    {
        if (rig is { IsSimulated: true, Rental: null }) rig = await new SimulatedRigHost(time).EnsureRunningAsync(rig, cancel).ConfigureAwait(false);
        if (rig is { Rental: not null, Ssh: null, Simulation: null }) throw RentalErrors.NoAddress(rig.Name); // it is not this machine
        return rig.Ssh is not null
            ? await _ssh.Value.OpenAsync(rig, questions, cancel).ConfigureAwait(false)
            : new LocalLink(rig.Name, rig.Simulation is { } simulated ? Path.Join(simulated.Folder, "login") : null);
    }
}
