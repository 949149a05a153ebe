using System.Globalization;
using LlmOps.Gpus;

namespace LlmOps.Planning;

/// <summary>Plans a model on GPUs and says whether it fits. No network and no rig is asked.</summary>
/// <param name="measurements">What engines have printed before.</param>
public sealed class FitPlanner(IReadOnlyList<EngineMeasurement>? measurements = null)
{
    private const int MostGpus = 16;

    private readonly VllmFit _vllm = new(measurements ?? []);

    /// <summary>Plans it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gpu">The GPU.</param>
    /// <param name="count">How many.</param>
    /// <param name="request">What is asked.</param>
    public LlmFit Plan(ModelMetadata model, GpuSpec gpu, int count, FitRequest request)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(request);
        var fit = PlanOnce(model, gpu, count, request);
        return fit.Fits ? fit : fit with { Advice = [.. Advise(model, gpu, count, request, fit)] };
    }

    private LlmFit PlanOnce(ModelMetadata model, GpuSpec gpu, int count, FitRequest request)
    {
        var engine = request.Engine ?? (model.IsGguf ? LlmEngine.LlamaCpp : LlmEngine.Vllm);
        return engine == LlmEngine.LlamaCpp ? LlamaCppFit.Plan(model, gpu, count, request) : _vllm.Plan(model, gpu, count, request);
    }

    private IEnumerable<string> Advise(ModelMetadata model, GpuSpec gpu, int count, FitRequest request, LlmFit fit)
    {
        if (fit.Limit == FitLimit.ModelContext) yield return $"-Context {model.Architecture.MaxPositions}, which is what the model was made for";
        if (fit.Limit is FitLimit.Engine or FitLimit.Quantization or FitLimit.GpuMemory) yield break;
        if (fit.Limit == FitLimit.Parallelism) yield return $"-TensorParallelSize {string.Join(" or ", fit.LegalTensorParallelSizes)}";
        if (fit.LongestContext >= 1024)
        {
            var shorter = PlanOnce(model, gpu, count, request with { Context = request.Concurrency > 1 ? Shortened(fit) : fit.LongestContext });
            if (shorter.Fits) yield return string.Create(CultureInfo.InvariantCulture, $"-MaxModelLen {shorter.Context}{(request.Concurrency > 1 ? $" for {request.Concurrency} requests at once" : "")}");
        }

        if (request.KvCacheDtype is null && fit.Engine == LlmEngine.Vllm && gpu.ComputeCapability >= new Version(8, 9) && PlanOnce(model, gpu, count, request with { KvCacheDtype = "fp8" }).Fits)
            yield return "-KvCacheDtype fp8 (with Start-VllmServer: -Argument --kv-cache-dtype, fp8)";
        for (var more = count + 1; more <= MostGpus; more++)
        {
            var wider = PlanOnce(model, gpu, more, request with { TensorParallelSize = null, PipelineParallelSize = null });
            if (!wider.Fits || (wider.TensorParallelSize * wider.PipelineParallelSize != more && more < MostGpus)) continue;
            yield return $"{more} × {gpu.Name} (-TensorParallelSize {wider.TensorParallelSize}{(wider.PipelineParallelSize > 1 ? $", pipeline {wider.PipelineParallelSize}" : "")})";
            break;
        }

        if (fit.Engine == LlmEngine.Vllm && request.CpuOffloadGB == 0 && Math.Ceiling(-fit.HeadroomGiB) is >= 1 and var missing && missing < fit.WeightsGiB
            && PlanOnce(model, gpu, count, request with { CpuOffloadGB = missing }).Fits)
            yield return string.Create(CultureInfo.InvariantCulture, $"-CpuOffloadGB {missing} of the machine's own memory for each GPU, which is slow");
        if (model.IsGguf && request.GpuLayers is not null) yield return "fewer -GpuLayers";
    }

    private static int Shortened(LlmFit fit) => Math.Max(1, (int)(fit.Context * Math.Min(1, fit.MaxConcurrency / fit.Concurrency)) / 16 * 16);
}
