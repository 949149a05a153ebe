using LlmOps.Gpus;

namespace LlmOps.Engines;

/// <summary>Decides over how many GPUs a model is spread, before anything is started.</summary>
internal static class TensorParallel
{
    /// <summary>The size to use: the one asked for, or all GPUs.</summary>
    /// <param name="asked">The size asked for, or null.</param>
    /// <param name="gpus">The number of GPUs, or null if it is not known.</param>
    /// <param name="heads">The number of attention heads, or null if it is not known.</param>
    /// <exception cref="LlmOpsException"><c>TensorParallelTooLarge</c> or <c>TensorParallelDoesNotDivide</c>.</exception>
    public static int Choose(int? asked, int? gpus, int? heads)
    {
        var size = asked ?? gpus ?? 1;
        if (size > gpus) throw ServerErrors.TensorParallelTooLarge(size, gpus.Value);
        if (heads is { } all && all % size != 0)
            throw ServerErrors.TensorParallelDoesNotDivide(size, all, [.. Enumerable.Range(1, gpus ?? size).Where(candidate => all % candidate == 0)]);
        return size;
    }

    /// <summary>How many GPUs an engine would see on this machine; null if nobody can say.</summary>
    /// <param name="environment">The variables it would have on top of ours.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the question.</param>
    public static async Task<int?> CountGpusAsync(IReadOnlyDictionary<string, string> environment, TimeProvider time, CancellationToken cancel)
    {
        const string visible = "CUDA_VISIBLE_DEVICES";
        var chosen = environment.TryGetValue(visible, out var given) ? given : Environment.GetEnvironmentVariable(visible);
        if (chosen is not null) return chosen.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Length;
        try
        {
            return (await new GpuSampler(time).SampleAsync(GpuSampler.DefaultLimit, cancel).ConfigureAwait(false)).Count;
        }
        catch (LlmOpsException unread) when (unread.ErrorId is not ("NoGpu" or "DriverNotLoaded" or "DriverMismatch" or "GpuLost"))
        {
            return null; // the engine itself will say what is wrong with the driver
        }
    }
}
