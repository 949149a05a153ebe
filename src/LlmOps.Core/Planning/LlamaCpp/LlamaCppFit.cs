using System.Globalization;
using LlmOps.Gpus;

namespace LlmOps.Planning;

/// <summary>Says whether a GGUF file fits with llama.cpp, and how many of its layers onto the GPUs.</summary>
internal static class LlamaCppFit
{
    private const double GiB = 1L << 30;

    public static LlmFit Plan(ModelMetadata model, GpuSpec gpu, int count, FitRequest request)
    {
        var architecture = model.Architecture;
        var cache = KvCacheType.Of(request.KvCacheDtype ?? "f16");
        var context = request.Context ?? architecture.MaxPositions;
        LlamaCppPlan At(int length) => new(architecture, model.WeightBytes, gpu, count, length, request.Concurrency, cache, request.GpuLayers);
        var plan = At(context);
        var draft = new LlmFit
        {
            Model = model.Name,
            Architecture = architecture.Name,
            Quantization = model.Quantization,
            Engine = LlmEngine.LlamaCpp,
            Gpu = gpu.Name,
            GpuCount = count,
            Fits = false,
            Limit = FitLimit.None,
            Context = context,
            Concurrency = request.Concurrency,
            UsableGiB = gpu.UsableGiB ?? 0,
            MaxModelLen = context,
            GpuMemoryUtilization = 1,
        };
        if (gpu.UsableGiB is not > 0) return draft with { Limit = FitLimit.GpuMemory, Notes = [$"how much memory the {gpu.Name} has is not known: write it behind the name, as in '{gpu.Name} 64GB'"] };
        var all = new LlamaCppPlan(architecture, model.WeightBytes, gpu, count, context, request.Concurrency, cache, int.MaxValue);
        var tooLong = context > architecture.MaxPositions;
        var wanted = request.GpuLayers is null ? all : plan;
        var longest = Longest(At, architecture.MaxPositions, request.GpuLayers ?? plan.Layers);
        return draft with
        {
            Fits = wanted.Fits && !tooLong,
            Limit = tooLong ? FitLimit.ModelContext : wanted.Fits ? FitLimit.None : wanted.WeightsPerGpu > wanted.Budget ? FitLimit.Weights : FitLimit.KvCache,
            HeadroomGiB = Round(wanted.Budget - wanted.WeightsPerGpu - wanted.CachePerGpu - wanted.ComputeBytes),
            GpuLayers = plan.GpuLayers,
            MaxConcurrency = wanted.CachePerGpu == 0 ? 0 : Math.Round(Math.Max(0, wanted.Budget - wanted.WeightsPerGpu - wanted.ComputeBytes) / ((double)wanted.CachePerGpu / request.Concurrency), 2),
            LongestContext = longest,
            KvTokens = (long)longest * request.Concurrency,
            BudgetGiB = Round(plan.Budget),
            WeightsGiB = Round(plan.WeightsPerGpu),
            KvCacheGiB = Round(plan.CachePerGpu),
            NeededKvCacheGiB = Round(wanted.CachePerGpu),
            ActivationGiB = Round(plan.ComputeBytes),
            OverheadGiB = Round(LlamaCppPlan.Reserve),
            HostGiB = Round(plan.HostBytes),
            TokensPerSecond = plan.GpuLayers < plan.Layers ? null : Throughput.TokensPerSecond(architecture, model.WeightBytes, gpu, 1, plan.CacheBytes / (double)request.Concurrency, request.Concurrency) is { } speed ? Math.Round(speed, 1) : null,
            Argument = ["-ngl", plan.GpuLayers.ToString(CultureInfo.InvariantCulture), "-c", ((long)context * request.Concurrency).ToString(CultureInfo.InvariantCulture), "-np", request.Concurrency.ToString(CultureInfo.InvariantCulture), .. CacheArguments(request.KvCacheDtype)],
            Notes = plan.GpuLayers < plan.Layers ? [$"{plan.GpuLayers} of {plan.Layers} layers lie on the GPUs; the rest runs on the processor, which is slow"] : [],
        };
    }

    private static string[] CacheArguments(string? type) => type is null or "auto" or "f16" ? [] : ["-ctk", type, "-ctv", type];

    private static int Longest(Func<int, LlamaCppPlan> at, int most, int layers)
    {
        bool Holds(int length) => at(length) is var plan && plan.MostGpuLayers >= Math.Min(layers, plan.Layers);
        var (fits, tooLong) = (0, most + 1);
        while (tooLong - fits > 1)
            if (Holds(fits + ((tooLong - fits) / 2))) fits += (tooLong - fits) / 2;
            else tooLong = fits + ((tooLong - fits) / 2);
        return fits;
    }

    private static double Round(long bytes) => Math.Round(bytes / GiB, 2);
}
