using System.ComponentModel;
using LlmOps.Processes;

namespace LlmOps.Containers;

/// <summary>Finds the container engines of this workstation.</summary>
/// <param name="time">The clock.</param>
public sealed class ContainerEngineFinder(TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>The engine to use: the one that is named, else Docker where it answers, else Podman.</summary>
    /// <param name="wanted">Which is wanted; null for any.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="LlmOpsException"><c>ContainerEngineMissing</c> or <c>ContainerEngineNotAnswering</c>.</exception>
    public async Task<ContainerEngine> FindAsync(ContainerEngineKind? wanted, CancellationToken cancel)
    {
        LlmOpsException? silent = null;
        foreach (var kind in Candidates(wanted))
        {
            try
            {
                if (await TryAsync(kind, cancel).ConfigureAwait(false) is { } engine) return engine;
            }
            catch (LlmOpsException failure) when (failure.ErrorId == "ContainerEngineNotAnswering")
            {
                silent ??= failure;
            }
        }

        throw silent ?? ContainerErrors.EngineMissing(wanted?.ToString());
    }

    /// <summary>All engines that answer, or the one that is named.</summary>
    /// <param name="wanted">Which is wanted; null for all.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="LlmOpsException">As <see cref="FindAsync"/>, where none answers.</exception>
    public async Task<IReadOnlyList<ContainerEngine>> FindAllAsync(ContainerEngineKind? wanted, CancellationToken cancel)
    {
        var first = await FindAsync(wanted, cancel).ConfigureAwait(false);
        if (wanted is not null || first.Kind == ContainerEngineKind.Podman) return [first];
        try
        {
            return await TryAsync(ContainerEngineKind.Podman, cancel).ConfigureAwait(false) is { } podman ? [first, podman] : [first];
        }
        catch (LlmOpsException failure) when (failure.ErrorId == "ContainerEngineNotAnswering")
        {
            return [first];
        }
    }

    /// <summary>The engines whose programs are here; whether they answer is not asked.</summary>
    public IReadOnlyList<ContainerEngine> Installed() =>
        [.. Candidates(null).Select(kind => (Kind: kind, Program: Find(kind))).Where(found => found.Program is not null).Select(found => new ContainerEngine(found.Kind, new ContainerCli(found.Program!), time))];

    private static string? Find(ContainerEngineKind kind) => ProgramPath.Find(kind == ContainerEngineKind.Docker ? "docker" : "podman");

    private static ContainerEngineKind[] Candidates(ContainerEngineKind? wanted) => wanted is { } one ? [one] : [ContainerEngineKind.Docker, ContainerEngineKind.Podman];

    private async Task<ContainerEngine?> TryAsync(ContainerEngineKind kind, CancellationToken cancel)
    {
        if (Find(kind) is not { } program) return null;
        var cli = new ContainerCli(program);
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            var isDocker = kind == ContainerEngineKind.Docker;
            if (isDocker && await IsPodmanAsync(cli, either.Token).ConfigureAwait(false)) return null;
            var version = await cli.RunAsync(["version", "--format", isDocker ? "{{.Server.Version}}" : "{{.Client.Version}}"], default, null, either.Token).ConfigureAwait(false);
            return version.Exit.Code == 0 ? new ContainerEngine(kind, cli, time) : throw ContainerErrors.EngineNotAnswering(kind, Said(version));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw ContainerErrors.EngineNotAnswering(kind, $"no answer within {Limit.TotalSeconds} s");
        }
        catch (Win32Exception notStarted)
        {
            throw ContainerErrors.EngineNotAnswering(kind, notStarted.Message);
        }
    }

    // The package podman-docker brings a 'docker' that is Podman.
    private static async Task<bool> IsPodmanAsync(ContainerCli docker, CancellationToken cancel) =>
        (await docker.RunAsync(["--version"], default, null, cancel).ConfigureAwait(false)).Output.StartsWith("podman", StringComparison.OrdinalIgnoreCase);

    private static string Said(ProgramOutput answer) => answer.Error.Trim().Split('\n')[0].Trim();
}
