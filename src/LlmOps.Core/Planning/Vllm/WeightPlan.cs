namespace LlmOps.Planning;

/// <summary>
/// The weights of one GPU in bytes. Each layer is cut over the GPUs of tensor parallelism, but for what every GPU needs whole: norms, routers, and keys and values where there are more GPUs
/// than heads. The table of rotary positions comes on top (max positions × rotary numbers × 2 bytes). With pipeline parallelism the largest stage counts.
/// </summary>
/// <remarks>Sources: vLLM, model_executor/layers/linear.py and rotary_embedding; the padding of MXFP4 experts: model_executor/layers/quantization/mxfp4.py (Marlin rounds the hidden size up to 256 and an expert's share up to 128).</remarks>
public sealed class WeightPlan
{
    private const double GiB = 1L << 30;
    private const int MarlinHidden = 256;
    private const int MarlinIntermediate = 128;

    /// <summary>Works it out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="bytes">The bytes of all its weights.</param>
    /// <param name="options">How vLLM runs.</param>
    /// <param name="usesMarlin">True where 4-bit floating point is widened by Marlin: on GPUs before Blackwell.</param>
    public WeightPlan(ModelArchitecture model, long bytes, VllmOptions options, bool usesMarlin)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        var (tp, pp) = (options.TensorParallel, options.PipelineParallel);
        var kept = bytes - (options.SpeculativeTokens > 0 ? 0 : SpeculativeBytes(model, bytes));
        var embedding = Math.Min(model.EmbeddingBytes, kept);
        var stage = pp == 1 ? kept : Math.Min(kept, ((kept - embedding) / pp) + Math.Max(embedding / 2, embedding / pp));
        Bytes = (stage / tp) + Replicated(model, tp, pp) + RotaryTable(model, options.MaxModelLen) + (usesMarlin ? Padding(model, tp) : 0);
        PerGpu = Math.Max(0, Bytes - (long)(options.OffloadGiB * GiB));
    }

    /// <summary>The bytes of a GPU's share.</summary>
    public long Bytes { get; }

    /// <summary>The bytes that lie on the GPU: what is offloaded is off.</summary>
    public long PerGpu { get; }

    /// <summary>The layers of multi-token prediction lie among the weights, and are not loaded unless they are used.</summary>
    private static long SpeculativeBytes(ModelArchitecture model, long bytes) =>
        model.SpeculativeLayers == 0 ? 0 : Math.Max(0, bytes - model.EmbeddingBytes) * model.SpeculativeLayers / (model.Layers + model.SpeculativeLayers);

    private static long Replicated(ModelArchitecture model, int tp, int pp)
    {
        if (tp == 1) return 0;
        var norms = 2L * model.Hidden * 2;
        var router = model.IsMixture ? (long)model.Experts * model.Hidden * 2 : 0;
        var keys = tp > model.KvHeads ? 2L * model.HeadDim * model.Hidden * 2 * (tp - model.KvHeads) / tp : 0;
        return model.Layers * (((norms + router) * (tp - 1) / tp) + keys) / pp;
    }

    private static long RotaryTable(ModelArchitecture model, int? length) =>
        (long)Math.Max(model.MaxPositions, length ?? 0) * model.RotaryDim * 2 * (model.Groups.Any(group => group.Kind == LayerKind.Sliding) && model.Groups.Count > 1 ? 2 : 1);

    private static long Padding(ModelArchitecture model, int tp)
    {
        if (model.Quantization is not { Method: "mxfp4" } quantization || !model.IsMixture) return 0;
        var share = model.ExpertIntermediate / tp;
        var real = (double)model.Hidden * share;
        var padded = (double)RoundUp(model.Hidden, MarlinHidden) * RoundUp(share, MarlinIntermediate);
        return (long)(3 * (padded - real) * model.Experts * model.Layers * quantization.BytesPerWeight);
    }

    private static long RoundUp(long value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
