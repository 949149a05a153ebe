using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Rigs;

namespace LlmOps.Servers;

/// <summary>A cmdlet that works on servers which are there.</summary>
public abstract class NamedServerCmdlet : ServerCmdlet
{
    /// <summary>The servers: names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    public ServerArgument[] Server { get; set; } = [];

    /// <summary>The rigs to look on for names; all if it is left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[]? Rig { get; set; }

    /// <summary>Works on all servers at once that were named and confirmed; a failure of one is an error and the others go on.</summary>
    /// <param name="action">What is confirmed, such as <c>Stop server</c>; null if it changes nothing.</param>
    /// <param name="activity">The beginning of the progress line, such as <c>Stopping</c>.</param>
    /// <param name="work">The work on one server.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="inTurn">True to begin with a server when the one before is done.</param>
    private protected async Task OnServersAsync(
        string? action, string activity, Func<RigServers, string, ProgressLine, Task> work, CancellationToken cancel, bool inTurn = false)
    {
        var chosen = (await ResolveAsync(cancel)).Where(server => action is null || ShouldProcess($"{server.Name} on {server.Rig}", action)).ToList();
        if (inTurn) foreach (var server in chosen) await OnServerAsync(server.Rig, server.Name, activity, work, cancel);
        else await Task.WhenAll(chosen.Select(server => OnServerAsync(server.Rig, server.Name, activity, work, cancel)));
    }

    /// <summary>Waits until a server is ready, showing its phases.</summary>
    /// <param name="servers">Its rig's servers.</param>
    /// <param name="name">Its name.</param>
    /// <param name="seconds">How long to wait.</param>
    /// <param name="progress">The bar.</param>
    /// <param name="cancel">Ends the wait, not the server.</param>
    /// <exception cref="LlmOpsException"><c>ServerWaitTimedOut</c>, <c>ServerFailed</c> or <c>ServerStopped</c>.</exception>
    private protected static async Task<LlmServer> WaitAsync(RigServers servers, string name, int seconds, ProgressLine progress, CancellationToken cancel)
    {
        var limit = TimeSpan.FromSeconds(seconds);
        return await TryWaitAsync(servers, name, limit, progress, cancel) ?? throw ServerErrors.WaitTimedOut(name, limit, (await servers.GetAsync(name, cancel)).Phase);
    }

    private async Task OnServerAsync(GpuRig rig, string name, string activity, Func<RigServers, string, ProgressLine, Task> work, CancellationToken cancel)
    {
        try
        {
            var servers = await ServersOfAsync(rig, cancel);
            using var progress = new ProgressLine(this, $"{activity} {name} on {rig}");
            await work(servers, name, progress);
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(failure.OnRig(rig));
        }
    }

    /// <summary>The servers that names, wildcards and objects stand for, each with its rig. What is not there, or is there twice, is an error, and the rest go on.</summary>
    /// <param name="cancel">Ends the looking.</param>
    private async Task<IReadOnlyList<(GpuRig Rig, string Name)>> ResolveAsync(CancellationToken cancel)
    {
        var servers = new List<(GpuRig, string)>();
        IReadOnlyList<GpuRig>? where = null;
        foreach (var argument in Server)
        {
            if (argument.Rig is { } own)
            {
                servers.AddRange(Resolve([own]).Select(rig => (rig, argument.Name)));
                continue;
            }

            where ??= Rig is null ? Services.Rigs.List() : Resolve(Rig);
            if (AreUnknown(Rig, where)) continue;
            var found = await FindAsync(where, [argument.Name], cancel);
            if (WildcardPattern.ContainsWildcardCharacters(argument.Name) || found.Count == 1) servers.AddRange(found.Select(server => (server.Rig!, server.Name)));
            else WriteFailure(found.Count == 0 ? ServerErrors.NotFound(argument.Name) : ServerErrors.Ambiguous(argument.Name, found.Select(server => server.Rig!.Name)));
        }

        return servers;
    }
}
