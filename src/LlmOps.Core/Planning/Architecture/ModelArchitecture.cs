namespace LlmOps.Planning;

/// <summary>What of a model decides how much memory it takes: read from its config.json, or from the header of a GGUF file.</summary>
public sealed record ModelArchitecture
{
    /// <summary>The name of its class, such as <c>Qwen2ForCausalLM</c>, or GGUF's <c>general.architecture</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The hidden size.</summary>
    public required int Hidden { get; init; }

    /// <summary>The intermediate size of the feed-forward layers of a token: for a mixture of experts, of all experts that one token uses.</summary>
    public required int Intermediate { get; init; }

    /// <summary>The number of layers, speculative ones left out.</summary>
    public required int Layers { get; init; }

    /// <summary>The attention heads; tensor parallelism must divide them.</summary>
    public required int Heads { get; init; }

    /// <summary>The heads that have keys and values of their own.</summary>
    public required int KvHeads { get; init; }

    /// <summary>The numbers of one head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>How many numbers of a head are turned by position.</summary>
    public int RotaryDim { get; init; }

    /// <summary>The words of the vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The longest context that the model was made for.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>What the layers keep of each token, the layers of one kind together.</summary>
    public required IReadOnlyList<LayerGroup> Groups { get; init; }

    /// <summary>The experts of a layer, 0 for a dense model.</summary>
    public int Experts { get; init; }

    /// <summary>How many experts a token uses.</summary>
    public int ExpertsPerToken { get; init; }

    /// <summary>The intermediate size of one expert.</summary>
    public int ExpertIntermediate { get; init; }

    /// <summary>Layers that guess tokens ahead (multi-token prediction); the engine loads them only when it is told to use them.</summary>
    public int SpeculativeLayers { get; init; }

    /// <summary>How the weights are quantized, or null.</summary>
    public QuantizationConfig? Quantization { get; init; }

    /// <summary>The type of weights that are not quantized, such as <c>bfloat16</c>.</summary>
    public string DType { get; init; } = "bfloat16";

    /// <summary>The part that reads pictures, or null.</summary>
    public VisionTower? Vision { get; init; }

    /// <summary>True if input and output share one table of words.</summary>
    public bool TiesEmbeddings { get; init; }

    /// <summary>True for attention sinks (gpt-oss): a number per head beside the cache.</summary>
    public bool HasSinks { get; init; }

    /// <summary>What could not be understood and is planned by the safe bound; empty if all was.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>True for a mixture of experts.</summary>
    public bool IsMixture => Experts > 1;

    /// <summary>The bytes of the table of words, and of the one that turns numbers into words where that is another.</summary>
    public long EmbeddingBytes => (long)Vocabulary * Hidden * 2 * (TiesEmbeddings ? 1 : 2);
}
