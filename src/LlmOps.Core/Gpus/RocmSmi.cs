namespace LlmOps.Gpus;

/// <summary>Reads AMD GPUs through <c>rocm-smi</c>, for machines whose ROCm is older than <c>amd-smi</c>: one process a sample.</summary>
/// <param name="time">The clock.</param>
internal sealed class RocmSmi(TimeProvider time) : IGpuTool
{
    private const string Program = "rocm-smi";

    private static readonly string[] Query =
        ["--showmeminfo", "vram", "--showuse", "--showtemp", "--showpower", "--showmaxpower", "--showproductname", "--showuniqueid", "--showpids", "--json"];

    public async Task<IReadOnlyList<GpuMemory>> SampleAsync(TimeSpan limit, CancellationToken cancel)
    {
        var run = await GpuToolRun.RunAsync(Program, Query, limit, time, cancel).ConfigureAwait(false);
        var gpus = RocmSample.Gpus(run.Output, time.GetUtcNow());
        if (gpus.Count > 0) return gpus;
        throw run.Exit.Code == 0 ? GpuErrors.NoGpu("rocm-smi names no device") : GpuErrors.QueryFailed(Program, run);
    }
}
