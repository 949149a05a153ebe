namespace LlmOps.Gpus;

/// <summary>Reads the GPUs of the machine that it runs on, whoever made them: NVIDIA's first, else AMD's.</summary>
/// <param name="time">The clock.</param>
public sealed class GpuSampler(TimeProvider time)
{
    /// <summary>How long a tool may take unless a caller says otherwise; a driver that is not kept loaded needs seconds a GPU to start.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    private readonly IGpuTool[] _tools = [new NvidiaSmi(time), new AmdSmi(time), new RocmSmi(time)];

    /// <summary>Reads all GPUs once.</summary>
    /// <param name="limit">How long a tool may take.</param>
    /// <param name="cancel">Ends the tools.</param>
    /// <returns>One object per GPU, by index.</returns>
    /// <exception cref="LlmOpsException"><c>NoGpu</c>, <c>DriverNotLoaded</c>, <c>DriverMismatch</c>, <c>GpuLost</c>, <c>GpuQueryTimeout</c> or <c>GpuQueryFailed</c>.</exception>
    public async Task<IReadOnlyList<GpuMemory>> SampleAsync(TimeSpan limit, CancellationToken cancel)
    {
        LlmOpsException? first = null;
        foreach (var tool in _tools)
        {
            try
            {
                return await tool.SampleAsync(limit, cancel).ConfigureAwait(false);
            }
            catch (LlmOpsException failure)
            {
                if (failure.ErrorId != "ProgramNotFound") first ??= failure;
            }
        }

        throw first ?? GpuErrors.ToolMissing();
    }

    /// <summary>Reads all GPUs at an interval, without end; a reading that takes longer than the interval leaves out the moments it missed.</summary>
    /// <param name="interval">From one reading to the next.</param>
    /// <param name="limit">How long a tool may take.</param>
    /// <param name="onSample">Takes each sample.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task WatchAsync(TimeSpan interval, TimeSpan limit, Func<IReadOnlyList<GpuMemory>, ValueTask> onSample, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(interval, time);
        do
            await onSample(await SampleAsync(limit, cancel).ConfigureAwait(false)).ConfigureAwait(false);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false));
    }
}
