namespace LlmOps.Planning;

/// <summary>
/// The bytes of a model's weights worked out from its config alone, for when no file tells them: embeddings and norms in 16 bit, the matrices of attention and feed-forward layers as they are
/// quantized. It knows no vision tower and no biases, and is within a few percent of the files.
/// </summary>
public static class WeightEstimate
{
    private const int HalfBytes = 2;

    /// <summary>Works it out.</summary>
    /// <param name="model">The model.</param>
    public static long Of(ModelArchitecture model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var perWeight = model.Quantization?.BytesPerWeight ?? HalfBytes;
        var attention = model.Groups.Sum(group => group.Count * Attention(model, group)) * (model.Quantization?.Method == "mxfp4" ? HalfBytes : perWeight);
        return model.EmbeddingBytes + (long)(attention + (FeedForward(model) * perWeight)) + (model.Layers * ((2L * model.Hidden) + ((long)model.Experts * model.Hidden)) * HalfBytes);
    }

    private static double Attention(ModelArchitecture model, LayerGroup group) => group switch
    {
        { State: { } state } => model.Hidden * ((2.0 * state.ConvolutionChannels) + (state.ConvolutionChannels / 2.0)),
        { Kind: LayerKind.Latent } => (model.Hidden * (double)group.KeyDim) + (2.0 * model.Heads * model.HeadDim * model.Hidden),
        _ => model.Hidden * ((2.0 * model.Heads * group.KeyDim) + (group.KvHeads * (double)(group.KeyDim + group.ValueDim))),
    };

    private static double FeedForward(ModelArchitecture model) => model.IsMixture
        ? 3.0 * model.Layers * model.Hidden * ((model.Experts * (double)model.ExpertIntermediate) + Math.Max(0, model.Intermediate - (model.ExpertsPerToken * (double)model.ExpertIntermediate)))
        : 3.0 * model.Layers * model.Hidden * model.Intermediate;
}
