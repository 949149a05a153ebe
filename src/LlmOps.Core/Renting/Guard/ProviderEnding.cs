using LlmOps.Engines;
using LlmOps.Providers;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>Ends the machine that this process runs on through its provider's API: with the guard's key, or with the one that the machine itself has.</summary>
/// <param name="folder">The guard's folder.</param>
/// <param name="layout">Where the servers are.</param>
/// <param name="open">Opens the account.</param>
/// <param name="time">The system's clock.</param>
internal sealed class ProviderEnding(GuardFolder folder, RigLayout layout, Func<GuardSpec, System.Security.SecureString?, IGpuProvider> open, TimeProvider time) : IMachineEnding
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public async Task DrainAsync(GuardSpec spec, CancellationToken cancel)
    {
        var limit = RigGuard.DrainTime / spec.ClockSpeed;
        var catalog = new ServerCatalog(layout, time);
        var ending = new ServerEnding(catalog, time);
        try
        {
            var servers = await catalog.ListAsync(cancel).ConfigureAwait(false);
            await Task.WhenAll(servers.Select(server => ending.StopAsync(server.Name, (int)Math.Ceiling(limit.TotalSeconds), cancel))).WaitAsync(limit, time, cancel).ConfigureAwait(false);
        }
        catch (Exception unfinished) when (unfinished is LlmOpsException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            // What does not finish in time ends with the machine.
        }
    }

    /// <inheritdoc/>
    public async Task<string> EndAsync(GuardSpec spec, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(RequestLimit);
        using var provider = open(spec, folder.ReadKey());
        try
        {
            var ending = await provider.TerminateAsync(spec.MachineId, limit.Token).ConfigureAwait(false);
            return ending.Detail ?? ending.Outcome.ToString();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"{spec.Provider} did not answer within {RequestLimit.TotalSeconds:0} s.";
        }
    }
}
