using LlmOps.Processes;

namespace LlmOps.Gpus;

/// <summary>Reads AMD GPUs through <c>amd-smi</c>: metrics and processes each time, names and limits once.</summary>
/// <param name="time">The clock.</param>
internal sealed class AmdSmi(TimeProvider time) : IGpuTool
{
    private const string Program = "amd-smi";

    private ProgramOutput? _static;
    private ProgramOutput? _list;

    public async Task<IReadOnlyList<GpuMemory>> SampleAsync(TimeSpan limit, CancellationToken cancel)
    {
        var metricRun = RunAsync("metric", limit, cancel);
        var processRun = RunAsync("process", limit, cancel);
        var staticRun = _static is { } known ? Task.FromResult(known) : RunAsync("static", limit, cancel);
        var listRun = _list is { } listed ? Task.FromResult(listed) : RunAsync("list", limit, cancel);
        await Task.WhenAll(metricRun, processRun, staticRun, listRun).ConfigureAwait(false);
        var metric = await metricRun.ConfigureAwait(false);
        _static = await staticRun.ConfigureAwait(false);
        _list = await listRun.ConfigureAwait(false);
        var gpus = AmdSample.Gpus(metric.Output, (await processRun.ConfigureAwait(false)).Output, _static.Output, _list.Output, time.GetUtcNow());
        if (gpus.Count > 0) return gpus;
        _static = _list = null;
        throw metric.Exit.Code == 0 ? GpuErrors.NoGpu("amd-smi names no device") : GpuErrors.QueryFailed(Program, metric);
    }

    private Task<ProgramOutput> RunAsync(string verb, TimeSpan limit, CancellationToken cancel) =>
        GpuToolRun.RunAsync(Program, [verb, "--json"], limit, time, cancel);
}
