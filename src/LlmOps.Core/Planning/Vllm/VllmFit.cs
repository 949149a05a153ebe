using System.Globalization;
using LlmOps.Gpus;

namespace LlmOps.Planning;

/// <summary>Says whether a model fits on GPUs with vLLM, and with which sizes and flags.</summary>
/// <param name="measurements">What vLLM has printed before.</param>
internal sealed class VllmFit(IReadOnlyList<EngineMeasurement> measurements)
{
    private const double GiB = 1L << 30;

    public LlmFit Plan(ModelMetadata model, GpuSpec gpu, int count, FitRequest request)
    {
        var architecture = model.Architecture;
        var legal = Parallelism.TensorSizes(architecture, count);
        var draft = new LlmFit
        {
            Model = model.Name,
            Architecture = architecture.Name,
            Quantization = model.Quantization,
            Engine = LlmEngine.Vllm,
            Gpu = gpu.Name,
            GpuCount = count,
            Fits = false,
            Limit = FitLimit.None,
            Context = request.Context ?? architecture.MaxPositions,
            Concurrency = request.Concurrency,
            LegalTensorParallelSizes = legal,
            UsableGiB = gpu.UsableGiB ?? 0,
            CpuOffloadGB = request.CpuOffloadGB,
            Notes = [.. Notes(model, gpu)],
            MaxModelLen = request.Context ?? architecture.MaxPositions,
        };
        if (Refusal(model, gpu) is var (limit, reason)) return draft with { Limit = limit, Notes = [reason, .. draft.Notes] };
        var choices = Parallelism.Choices(architecture, count)
            .Where(pair => (request.TensorParallelSize ?? pair.Tensor) == pair.Tensor && (request.PipelineParallelSize ?? pair.Pipeline) == pair.Pipeline).ToList();
        if (choices.Count == 0) return draft with { Limit = FitLimit.Parallelism, TensorParallelSize = request.TensorParallelSize ?? 1, Notes = [$"{architecture.Heads} attention heads and {architecture.KvHeads} heads with keys and values can't be spread over {request.TensorParallelSize ?? count} GPUs", .. draft.Notes] };
        var all = choices.Take(8).Select(pair => PlanWith(draft, model, gpu, request, pair.Tensor, pair.Pipeline)).ToList();
        return all.FirstOrDefault(fit => fit.Fits) ?? all[0];
    }

    private LlmFit PlanWith(LlmFit draft, ModelMetadata model, GpuSpec gpu, FitRequest request, int tensor, int pipeline)
    {
        var options = Options(request, tensor, pipeline) with { MaxModelLen = draft.Context };
        var plan = new VllmPlan(model.Architecture, model.WeightBytes, gpu, options);
        var measured = EngineMeasurement.Newest(measurements, model.Name, gpu.Name, tensor * pipeline, request.EngineVersion);
        var utilization = options.Utilization ?? VllmRules.For(options.Version).Utilization;
        var weights = measured?.WeightsGiB - request.CpuOffloadGB ?? plan.Weights / GiB;
        var kv = measured is { } seen && seen.KvCacheDtype == request.KvCacheDtype && request.CpuOffloadGB == 0
            ? (long)((seen.KvCacheGiB * GiB) + ((utilization - seen.Utilization) * plan.Total))
            : plan.KvBytes;
        var cache = plan.KvCache;
        var needed = cache.BytesOf(draft.Context, request.Concurrency);
        var tooLong = draft.Context > model.Architecture.MaxPositions;
        var fits = kv >= needed && !tooLong;
        var perRequest = cache.BytesOf(draft.Context) * (double)tensor * pipeline;
        return draft with
        {
            Fits = fits,
            HeadroomGiB = Round((kv - needed) / GiB),
            Limit = tooLong ? FitLimit.ModelContext : fits ? (cache.LongestIn(kv, model.Architecture.MaxPositions) < model.Architecture.MaxPositions ? FitLimit.KvCache : FitLimit.None)
                : kv > 0 ? FitLimit.KvCache : plan.Weights >= plan.Requested ? FitLimit.Weights : FitLimit.Activations,
            MaxConcurrency = Math.Round(cache.ConcurrencyIn(kv, draft.Context), 2),
            LongestContext = cache.LongestIn(kv, model.Architecture.MaxPositions),
            KvTokens = cache.TokensIn(kv, draft.Context),
            BudgetGiB = Round(plan.Requested / GiB),
            WeightsGiB = Round(weights),
            KvCacheGiB = Round(kv / GiB),
            NeededKvCacheGiB = Round(needed / GiB),
            ActivationGiB = Round(plan.Activations.Peak / GiB),
            CudaGraphGiB = Round(plan.Graphs / GiB),
            OverheadGiB = Round(plan.Libraries / GiB),
            HostGiB = request.CpuOffloadGB * tensor * pipeline,
            TensorParallelSize = tensor,
            PipelineParallelSize = pipeline,
            GpuMemoryUtilization = utilization,
            Argument = [.. Arguments(request, pipeline)],
            TokensPerSecond = Throughput.TokensPerSecond(model.Architecture, model.WeightBytes, gpu, tensor, perRequest, request.Concurrency) is { } speed ? Math.Round(speed, 1) : null,
            Basis = measured is null ? "estimate" : "measured",
            Notes = measured is null ? draft.Notes : [string.Create(CultureInfo.InvariantCulture, $"weights and cache as vLLM {measured.EngineVersion} printed them on {measured.At:yyyy-MM-dd}"), .. draft.Notes],
        };
    }

    /// <summary>The options that a request and its flags mean.</summary>
    public static VllmOptions Options(FitRequest request, int tensor, int pipeline)
    {
        var flags = new VllmFlags(request.Arguments);
        return new VllmOptions
        {
            TensorParallel = tensor,
            PipelineParallel = pipeline,
            MaxModelLen = request.Context,
            Utilization = request.GpuMemoryUtilization ?? flags.Real("--gpu-memory-utilization"),
            KvCacheDtype = request.KvCacheDtype ?? flags["--kv-cache-dtype"],
            MaxBatchedTokens = flags.Whole("--max-num-batched-tokens"),
            MaxSequences = flags.Whole("--max-num-seqs"),
            Eager = flags.Has("--enforce-eager"),
            OffloadGiB = request.CpuOffloadGB,
            LanguageOnly = flags.Has("--language-model-only"),
            Version = Version.TryParse(request.EngineVersion, out var version) ? version : null,
        };
    }

    private static IEnumerable<string> Arguments(FitRequest request, int pipeline)
    {
        if (pipeline > 1) foreach (var word in new[] { "--pipeline-parallel-size", pipeline.ToString(CultureInfo.InvariantCulture) }) yield return word;
        if (request.KvCacheDtype is { } type && type != "auto") foreach (var word in new[] { "--kv-cache-dtype", type }) yield return word;
        foreach (var word in request.Arguments) yield return word;
    }

    private static (FitLimit, string)? Refusal(ModelMetadata model, GpuSpec gpu)
    {
        if (gpu.Engines.First(engine => engine.Name == "vLLM") is { IsSupported: false } engine) return (FitLimit.Engine, $"vLLM does not run on a {gpu.Name}: {engine.Reason}");
        if (gpu.UsableGiB is not > 0) return (FitLimit.GpuMemory, $"how much memory the {gpu.Name} has is not known: write it behind the name, as in '{gpu.Name} 64GB'");
        if (model.IsGguf) return (FitLimit.Engine, "vLLM takes GGUF files only with a plugin: use -Engine LlamaCpp");
        return gpu.Quantizations.FirstOrDefault(known => known.Name == model.Architecture.Quantization?.Method) is { IsSupported: false } never
            ? (FitLimit.Quantization, $"vLLM does not run {never.Name} on a {gpu.Name}: {never.Reason}") : null;
    }

    private static IEnumerable<string> Notes(ModelMetadata model, GpuSpec gpu)
    {
        foreach (var unknown in model.Architecture.Unknown) yield return $"not known: {unknown}";
        if (model.WeightSource == "config") yield return "the size of the weights is worked out from the config: no file tells it";
        if (!gpu.IsUsableMeasured && gpu.UsableGiB is not null) yield return $"the usable memory of the {gpu.Name} is worked out, not measured";
        if (gpu.IsUnified) yield return "the processor shares the memory: what other programs take is missing here";
    }

    private static double Round(double gib) => Math.Round(gib, 2);
}
