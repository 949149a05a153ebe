namespace LlmOps.Rigs;

/// <summary>Opens links to rigs of every kind.</summary>
/// <param name="ssh">Opens those that go by SSH; created when the first is needed.</param>
public sealed class RigLinkFactory(Func<IRigLinkFactory> ssh) : IRigLinkFactory
{
    private readonly Lazy<IRigLinkFactory> _ssh = new(ssh);

    /// <inheritdoc/>
    public Task<IRigLink> OpenAsync(GpuRig rig, IConnectQuestions? questions, CancellationToken cancel) =>
        rig.Ssh is not null
            ? _ssh.Value.OpenAsync(rig, questions, cancel)
            : Task.FromResult<IRigLink>(new LocalLink(rig.Simulation is { } simulated ? Path.Join(simulated.Folder, "login") : null));
}
