using LlmOps.Gpus;

namespace LlmOps.Renting;

/// <summary>The GPUs' use: one that works. Memory that is only held, as by a server that waits, is none.</summary>
/// <param name="time">The clock.</param>
internal sealed class GpuUse(TimeProvider time) : IRigUseSensor
{
    private const int LeastPercent = 5;

    private readonly GpuSampler _sampler = new(time);

    /// <inheritdoc/>
    public async Task<RigUse> ReadAsync(CancellationToken cancel)
    {
        try
        {
            var gpus = await _sampler.SampleAsync(GpuSampler.DefaultLimit, cancel).ConfigureAwait(false);
            return gpus.FirstOrDefault(gpu => gpu.Utilization >= LeastPercent) is { } busy ? new RigUse($"GPU {busy.Index} at {busy.Utilization} %") : RigUse.None;
        }
        catch (LlmOpsException)
        {
            return RigUse.None; // GPUs that can't be read serve nobody
        }
    }
}
