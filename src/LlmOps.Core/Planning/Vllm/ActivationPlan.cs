namespace LlmOps.Planning;

/// <summary>
/// What a GPU needs for a moment while it computes: the peak that vLLM measures by a trial run. It is the greater of a batch passing through a layer (tokens × 2 bytes × (3 × intermediate/GPUs +
/// hidden × (3, and 2 for exchanging with other GPUs, and 1 for 4-bit weights))) and of sampling (requests × words × bytes per logit); a model that reads pictures also runs its vision
/// tower on as many as a batch may hold. This is a heuristic that agrees with logs, not vLLM's source: docs/fit.md shows by how much.
/// </summary>
public sealed class ActivationPlan
{
    /// <summary>Works it out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How vLLM runs.</param>
    /// <param name="batchedTokens">The tokens of a batch.</param>
    /// <param name="sequences">The requests at once.</param>
    public ActivationPlan(ModelArchitecture model, VllmOptions options, int batchedTokens, int sequences)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        var rules = VllmRules.For(options.Version);
        var tp = options.TensorParallel;
        var length = options.MaxModelLen ?? model.MaxPositions;

        // The old engine runs a prompt of the full context, but cuts it up where it is longer than 32,768 tokens.
        var tokens = rules.IsV0 && length <= ChunkedFrom ? Math.Max(length, batchedTokens) : batchedTokens;
        Layer = (long)(tokens * 2.0 * ((3.0 * model.Intermediate / tp) + (model.Hidden * (3.0 + (tp > 1 ? 2 : 0) + (model.Quantization is { IsFourBit: true } ? 1 : 0)))));
        Sampling = (long)sequences * model.Vocabulary * rules.BytesPerLogit;
        Vision = model.Vision is { } tower && !options.LanguageOnly ? (long)(Math.Min(batchedTokens, length) * (double)tower.PatchesPerToken * 2 * 3 * (tower.Intermediate + tower.Hidden) / tp) : 0;
    }

    private const int ChunkedFrom = 32768;

    /// <summary>A batch in a layer.</summary>
    public long Layer { get; }

    /// <summary>Sampling.</summary>
    public long Sampling { get; }

    /// <summary>Pictures in the vision tower.</summary>
    public long Vision { get; }

    /// <summary>The peak: they do not happen at the same time.</summary>
    public long Peak => Math.Max(Math.Max(Layer, Sampling), Vision);
}
