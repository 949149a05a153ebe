using LlmOps.Gpus;

namespace LlmOps.Engines;

/// <summary>Waits until processes that have ended hold no GPU memory any more: the driver frees it a moment after they are gone.</summary>
internal static class GpuHolders
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits for 30 s at the most; where no GPU answers there is nothing to wait for.</summary>
    /// <param name="pids">The processes that have ended.</param>
    /// <param name="time">The clock.</param>
    public static async Task WaitUntilFreeAsync(IReadOnlyCollection<int> pids, TimeProvider time)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < Limit && await AnyHeldAsync(pids, time).ConfigureAwait(false))
            await Task.Delay(Poll, time).ConfigureAwait(false);
    }

    private static async Task<bool> AnyHeldAsync(IReadOnlyCollection<int> pids, TimeProvider time)
    {
        try
        {
            var gpus = await new GpuSampler(time).SampleAsync(Limit, CancellationToken.None).ConfigureAwait(false);
            return gpus.Any(gpu => gpu.Processes.Any(process => pids.Contains(process.Pid)));
        }
        catch (LlmOpsException)
        {
            return false; // nobody can say who holds what
        }
    }
}
