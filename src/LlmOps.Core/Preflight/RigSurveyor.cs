using System.Xml;
using LlmOps.Gpus;
using LlmOps.Hub;
using LlmOps.State;

namespace LlmOps.Preflight;

/// <summary>Reads what several checks need, once.</summary>
/// <param name="layout">Where LlmOps keeps its things.</param>
/// <param name="hub">Where models come from and are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class RigSurveyor(RigLayout layout, HubEnvironment hub, TimeProvider time)
{
    private readonly NvidiaSmi _nvidia = new(time);
    private readonly GpuSampler _sampler = new(time);

    /// <summary>Reads the machine.</summary>
    /// <param name="wish">What it is checked for.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<RigSurvey> ReadAsync(PreflightWish wish, CancellationToken cancel)
    {
        var survey = new RigSurvey { Wish = wish, Layout = layout, Hub = hub, Time = time, ClockDifference = wish.ClockDifference(time) };
        var healthRun = ReadHealthAsync(cancel);
        var memoryRun = ReadMemoryAsync(cancel);
        var (memory, failure) = await memoryRun.ConfigureAwait(false);
        var (log, gpus) = await healthRun.ConfigureAwait(false);
        return survey with { Memory = memory, GpuFailure = failure, DriverVersion = log?.DriverVersion, CudaVersion = log?.CudaVersion, Gpus = gpus };
    }

    private async Task<(IReadOnlyList<GpuMemory> Memory, LlmOpsException? Failure)> ReadMemoryAsync(CancellationToken cancel)
    {
        try
        {
            return (await _sampler.SampleAsync(GpuSampler.DefaultLimit, cancel).ConfigureAwait(false), null);
        }
        catch (LlmOpsException failure)
        {
            return ([], failure);
        }
    }

    private async Task<(SmiLog? Log, IReadOnlyList<GpuHealth> Gpus)> ReadHealthAsync(CancellationToken cancel)
    {
        try
        {
            var capabilities = _nvidia.ReadComputeCapabilityAsync(GpuSampler.DefaultLimit, cancel);
            var (log, text) = await _nvidia.ReadLogTextAsync(GpuSampler.DefaultLimit, cancel).ConfigureAwait(false);
            return (log, GpuHealth.Read(log, text, await capabilities.ConfigureAwait(false)));
        }
        catch (Exception unread) when (unread is LlmOpsException or XmlException)
        {
            return (null, []); // the sampler says what is wrong
        }
    }
}
