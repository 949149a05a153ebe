using System.Management.Automation;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Rigs;

namespace LlmOps.Servers;

/// <summary>A cmdlet that works on servers.</summary>
public abstract class ServerCmdlet : RigCmdlet
{
    private const int AtOnce = 32;

    /// <summary>The servers of a rig; a broken connection is told in verbose text.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="cancel">Ends the attempt to connect.</param>
    private protected async Task<RigServers> ServersOfAsync(GpuRig rig, CancellationToken cancel) =>
        new(await ConnectPatientlyAsync(rig, cancel));

    /// <summary>All servers of rigs that match one of the patterns; the rigs are asked at the same time.</summary>
    /// <param name="rigs">The rigs.</param>
    /// <param name="patterns">Names or wildcards.</param>
    /// <param name="cancel">Ends the looking.</param>
    private protected async Task<IReadOnlyList<LlmServer>> FindAsync(IReadOnlyList<GpuRig> rigs, IReadOnlyList<string> patterns, CancellationToken cancel)
    {
        var matches = patterns.Select(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase)).ToList();
        var found = new List<LlmServer>();
        await new RigFanOut(this, "Looking for servers").RunAsync(
            rigs, AtOnce,
            async (rig, ending) =>
            {
                var servers = await (await ServersOfAsync(rig, ending)).ListAsync(ending);
                found.AddRange(servers.Where(server => matches.Any(match => match.IsMatch(server.Name))));
            },
            cancel);
        return [.. found.OrderBy(server => server.Rig!.Name, StringComparer.OrdinalIgnoreCase).ThenBy(server => server.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>True if rigs were named, and none of them is known: that was an error already.</summary>
    /// <param name="rigs">What was named, or null.</param>
    /// <param name="found">The rigs that were found.</param>
    private protected static bool AreUnknown(RigArgument[]? rigs, IReadOnlyList<GpuRig> found) =>
        rigs is { Length: > 0 } && found.Count == 0 && !rigs.Any(rig => WildcardPattern.ContainsWildcardCharacters(rig.Name));

    /// <summary>Waits until a server is ready, showing its phases; null when the time is over.</summary>
    /// <param name="servers">Its rig's servers.</param>
    /// <param name="name">Its name.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="progress">The bar.</param>
    /// <param name="cancel">Ends the wait, not the server.</param>
    private protected static async Task<LlmServer?> TryWaitAsync(RigServers servers, string name, TimeSpan limit, ProgressLine progress, CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ending.CancelAfter(limit);
        try
        {
            return await servers.WaitAsync(
                name,
                step =>
                {
                    progress.Report(step.ToString(), step.Percent);
                    return ValueTask.CompletedTask;
                },
                ending.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }
}
