using LlmOps.Gpus;

namespace LlmOps.Planning;

/// <summary>
/// llama.cpp's memory in bytes: so many layers of the file lie on the GPUs, the rest in the machine's memory; keys and values of a layer lie where the layer lies, for the whole context from
/// the beginning; each GPU has a buffer to compute in. Source: the method of gguf-parser-go and the log lines of llama-server.
/// </summary>
public sealed class LlamaCppPlan
{
    private const double GiB = 1L << 30;
    private const int Batch = 512;

    /// <summary>Works it out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="fileBytes">The size of the GGUF file.</param>
    /// <param name="gpu">The GPU.</param>
    /// <param name="gpus">How many.</param>
    /// <param name="context">The context of one request in tokens.</param>
    /// <param name="requests">How many at once; each has its own context.</param>
    /// <param name="cache">The type of keys and values.</param>
    /// <param name="gpuLayers">How many layers go onto the GPUs; null for as many as fit.</param>
    public LlamaCppPlan(ModelArchitecture model, long fileBytes, GpuSpec gpu, int gpus, int context, int requests, KvCacheType cache, int? gpuLayers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(cache);
        Layers = model.Layers + 1; // the output counts as a layer
        LayerBytes = fileBytes / Layers;
        CacheBytes = (long)model.Groups.Sum(group => group.Count * group.BytesPerToken(1, cache) * requests * TokensOf(group, context));
        ComputeBytes = (long)Math.Max(0.3 * GiB, Batch * 4.0 * (model.Vocabulary + (2.0 * model.Hidden) + (3.0 * model.Intermediate)));
        Budget = (long)((gpu.UsableGiB ?? 0) * GiB) - Reserve;
        var perLayer = LayerBytes + (CacheBytes / model.Layers);
        var room = Math.Max(0, Budget - ComputeBytes) / Math.Max(1, perLayer) * gpus;
        MostGpuLayers = (int)Math.Min(Layers, room);
        GpuLayers = Math.Min(gpuLayers ?? MostGpuLayers, Layers);
        var onGpu = (GpuLayers + gpus - 1) / gpus;
        WeightsPerGpu = onGpu * LayerBytes;
        CachePerGpu = onGpu * (CacheBytes / model.Layers);
        Fits = WeightsPerGpu + CachePerGpu + ComputeBytes <= Budget;
        HostBytes = (Layers - GpuLayers) * perLayer;
    }

    /// <summary>What is kept free on each GPU: llama-server's own margin (<c>-fitt 1024</c> MiB).</summary>
    public static long Reserve => 1L << 30;

    /// <summary>The layers, the output among them.</summary>
    public int Layers { get; }

    /// <summary>The bytes of a layer, on average.</summary>
    public long LayerBytes { get; }

    /// <summary>Keys and values of all layers.</summary>
    public long CacheBytes { get; }

    /// <summary>The buffer of a GPU.</summary>
    public long ComputeBytes { get; }

    /// <summary>What a GPU has for it.</summary>
    public long Budget { get; }

    /// <summary>How many layers fit onto the GPUs.</summary>
    public int MostGpuLayers { get; }

    /// <summary>How many layers go there.</summary>
    public int GpuLayers { get; }

    /// <summary>The weights of one GPU.</summary>
    public long WeightsPerGpu { get; }

    /// <summary>The keys and values of one GPU.</summary>
    public long CachePerGpu { get; }

    /// <summary>What lies in the machine's memory.</summary>
    public long HostBytes { get; }

    /// <summary>True if the layers that are to lie on the GPUs fit there.</summary>
    public bool Fits { get; }

    private static long TokensOf(LayerGroup group, int context) => group.Kind switch
    {
        LayerKind.Recurrent => 0,
        LayerKind.Sliding => Math.Min(context, group.Window + Batch),
        _ => context,
    };
}
