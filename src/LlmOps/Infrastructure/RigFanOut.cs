using System.Management.Automation;
using LlmOps.Rigs;

namespace LlmOps.Infrastructure;

/// <summary>Works on many rigs at once, so that a slow or dead one delays no other. Use it on the pipeline thread; the body runs there too.</summary>
/// <param name="cmdlet">The cmdlet that works.</param>
/// <param name="activity">What the progress bar says that it does; null shows none.</param>
internal sealed class RigFanOut(Cmdlet cmdlet, string? activity)
{
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(2);

    /// <summary>Runs the body for each rig. A failure of one rig is one non-terminating error that names it.</summary>
    /// <param name="rigs">The rigs.</param>
    /// <param name="throttleLimit">How many at once.</param>
    /// <param name="body">What to do with a rig.</param>
    /// <param name="cancel">Ends all.</param>
    public async Task RunAsync(IReadOnlyList<GpuRig> rigs, int throttleLimit, Func<GpuRig, CancellationToken, Task> body, CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var slots = new SemaphoreSlim(throttleLimit);
        using var progress = activity is null ? null : new ProgressLine(cmdlet, activity);
        var done = 0;
        var all = Task.WhenAll(rigs.Select(RunOneAsync));
        for (var pause = QuietTime; progress is not null && await Task.WhenAny(all, Task.Delay(pause, ending.Token)) != all && !ending.IsCancellationRequested; pause = QuietTime / 4)
            progress.Report($"{done} of {rigs.Count} rigs answered", 100.0 * done / rigs.Count);
        await all;

        async Task RunOneAsync(GpuRig rig)
        {
            await slots.WaitAsync(ending.Token);
            try
            {
                await body(rig, ending.Token);
            }
            catch (LlmOpsException failure)
            {
                cmdlet.WriteError(failure.OnRig(rig).ToErrorRecord());
            }
            catch (Exception)
            {
                // The pipeline has ended, or something is broken: nobody waits for the other rigs.
                await ending.CancelAsync();
                throw;
            }
            finally
            {
                done++;
                slots.Release();
            }
        }
    }
}
