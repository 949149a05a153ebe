namespace LlmOps.Planning;

/// <summary>Layers of a model that keep the same of each token.</summary>
/// <param name="Kind">What they keep.</param>
/// <param name="Count">How many there are.</param>
public sealed record LayerGroup(LayerKind Kind, int Count)
{
    /// <summary>The heads that have keys and values of their own.</summary>
    public int KvHeads { get; init; } = 1;

    /// <summary>The numbers of a key.</summary>
    public int KeyDim { get; init; }

    /// <summary>The numbers of a value; 0 where one vector serves for both.</summary>
    public int ValueDim { get; init; }

    /// <summary>The window or the chunk in tokens.</summary>
    public int Window { get; init; }

    /// <summary>The state, of recurrent layers.</summary>
    public RecurrentState? State { get; init; }

    /// <summary>
    /// The bytes of one token in one layer on one GPU: heads × (key + value) × type. With more GPUs than heads each GPU has one head; a latent vector is not spread.
    /// Source: vLLM, v1/kv_cache_interface.py.
    /// </summary>
    /// <param name="tensorParallel">Over how many GPUs a layer is spread.</param>
    /// <param name="type">The type of keys and values.</param>
    public double BytesPerToken(int tensorParallel, KvCacheType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var heads = Kind == LayerKind.Latent ? 1 : Math.Max(1, KvHeads / tensorParallel);
        return ((double)heads * ((long)KeyDim + ValueDim) * type.BytesPerNumber) + (heads * type.BytesPerHead);
    }
}
