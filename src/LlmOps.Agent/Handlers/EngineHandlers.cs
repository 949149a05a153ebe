using LlmOps.Engines;
using LlmOps.Jobs;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;
using LlmOps.State;

namespace LlmOps.Agent.Handlers;

/// <summary>Installs engines on this machine.</summary>
internal static class EngineHandlers
{
    public static void Register(AgentServer server) => server.Register(EngineOperations.Install, InstallAsync);

    /// <summary>The body of the detached installation.</summary>
    public static Task RunInstallAsync(string folder, CancellationToken cancel) =>
        DetachedJob.RunAsync(EngineOperations.Job, folder, Installer().RunAsync, cancel);

    private static async Task<EngineInstallation> InstallAsync(EngineInstallArgs args, IAgentRequest<EngineInstallProgress> request, CancellationToken cancel)
    {
        var version = EngineEnvironment.Checked(args.Version ?? VllmInstaller.DefaultVersion);
        return Installer().Find(version)
            ?? await DetachedJob.RunOrJoinAsync(EngineOperations.Job, $"vllm-{version}", args.Ticket, args with { Version = version }, RigLayout.FromEnvironment(), request, cancel).ConfigureAwait(false);
    }

    private static VllmInstaller Installer() => new(RigLayout.FromEnvironment(), TimeProvider.System);
}
