using LlmOps.Gpus;
using LlmOps.Hub;

namespace LlmOps.Planning;

/// <summary>Plans a model on the GPUs of the machine that it runs on. Of GPUs of several kinds those of the smallest memory count, since each gets the same share.</summary>
/// <param name="environment">The environment's variables.</param>
/// <param name="time">The clock.</param>
public sealed class RigFit(HubEnvironment environment, TimeProvider time)
{
    private const double GiB = 1L << 30;
    private const int MostOthers = 12;

    /// <summary>Plans it.</summary>
    /// <param name="args">What.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LlmOpsException">There is no GPU, or the model's metadata cannot be read.</exception>
    public async Task<LlmFit> PlanAsync(FitArgs args, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(args);
        var reading = new GpuSampler(time).SampleAsync(GpuSampler.DefaultLimit, cancel);
        var metadata = new MetadataReader(environment, time).ReadAsync(args.Model, args.Revision, args.Quantization, args.Token, cancel);
        await Task.WhenAll(reading, metadata).ConfigureAwait(false);
        var gpus = await reading.ConfigureAwait(false);
        var gpu = gpus.Select(SpecOf).MinBy(found => found.UsableGiB ?? 0)!;
        var model = (await metadata.ConfigureAwait(false)) with { Name = args.Title ?? args.Model };
        var request = args.TakesAllGpus && args.Request.PipelineParallelSize is null ? args.Request with { TensorParallelSize = args.Request.TensorParallelSize ?? gpus.Count } : args.Request;
        if (args.TakesAllGpus) request = request with { PipelineParallelSize = request.PipelineParallelSize ?? 1 };
        var planner = new FitPlanner(args.Measurements);
        var fit = planner.Plan(model, gpu, gpus.Count, request);
        if (fit.Fits || !args.LooksForOthers || fit.Limit is FitLimit.Engine or FitLimit.Parallelism or FitLimit.ModelContext || environment.IsOffline) return fit;
        return fit with { Advice = [.. await OthersAsync(planner, model.Name, gpu, gpus.Count, request, args.Token, cancel).ConfigureAwait(false), .. fit.Advice] };
    }

    /// <summary>What the catalogue says of a GPU; of one that it does not know, what the driver says.</summary>
    /// <param name="gpu">The GPU.</param>
    public static GpuSpec SpecOf(GpuMemory gpu)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        return GpuCatalog.Find(gpu.Name) ?? new GpuSpec
        {
            Name = gpu.Name,
            FullName = gpu.Name,
            Vendor = gpu.Name.Contains("AMD", StringComparison.OrdinalIgnoreCase) ? GpuVendor.Amd : GpuVendor.Nvidia,
            Architecture = "unknown",
            MemoryGB = gpu.Total / 1e9,
            UsableGiB = (gpu.Used + gpu.Free ?? gpu.Total) / GiB,
            HasBFloat16 = true,
            IsUnified = gpu.UnifiedMemory,
        };
    }

    private async Task<IEnumerable<string>> OthersAsync(FitPlanner planner, string model, GpuSpec gpu, int count, FitRequest request, string? token, CancellationToken cancel)
    {
        try
        {
            var others = await new PublishedQuantizations(environment, time).ReadAsync(model, token, MostOthers, cancel).ConfigureAwait(false);
            var fits = others.Where(other => !other.Name.Equals(model, StringComparison.OrdinalIgnoreCase)).Select(other => planner.Plan(other, gpu, count, request)).Where(fit => fit is { Fits: true, Engine: LlmEngine.Vllm });
            return fits.OrderByDescending(fit => fit.WeightsGiB).Take(1).Select(fit => fit.Model);
        }
        catch (LlmOpsException)
        {
            return []; // it was a bonus
        }
    }
}
