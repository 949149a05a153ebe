using LlmOps.Gpus;

namespace LlmOps.Planning;

/// <summary>How fast tokens come at the most: each token reads the weights that it uses, and the keys and values of its request, once from memory. Computing, exchange and overhead come on top.</summary>
public static class Throughput
{
    /// <summary>Tokens per second of one request among others, or null where the bandwidth is not known.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weightBytes">The bytes of all its weights.</param>
    /// <param name="gpu">The GPU.</param>
    /// <param name="tensorParallel">Over how many GPUs each layer is spread; stages of a pipeline work one after the other.</param>
    /// <param name="cacheBytes">The bytes of a request's keys and values on all its GPUs.</param>
    /// <param name="requests">How many requests are answered at once.</param>
    public static double? TokensPerSecond(ModelArchitecture model, long weightBytes, GpuSpec gpu, int tensorParallel, double cacheBytes, int requests)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(gpu);
        if (gpu.BandwidthGBs is not { } bandwidth) return null;
        var read = (ActiveBytes(model, weightBytes, requests) / tensorParallel) + (cacheBytes * requests / tensorParallel);
        return bandwidth * 1e9 / Math.Max(1, read);
    }

    /// <summary>The weights that a step reads: of a mixture of experts those that its tokens use, and of the table of words no more than a row.</summary>
    private static double ActiveBytes(ModelArchitecture model, long weightBytes, int requests)
    {
        var table = model.TiesEmbeddings ? 0 : model.EmbeddingBytes / 2.0;
        if (!model.IsMixture) return weightBytes - table;
        var experts = Math.Min(weightBytes * 0.99, 3.0 * model.Layers * model.Hidden * model.Experts * model.ExpertIntermediate * (model.Quantization?.BytesPerWeight ?? 2));
        return weightBytes - table - (experts * (1 - Math.Min(1, requests * (double)model.ExpertsPerToken / model.Experts)));
    }
}
