namespace LlmOps.Planning;

/// <summary>
/// vLLM's paged cache of keys and values on one GPU. Layers of one kind are put into groups of equal size; all groups share pages of one size, so that a smaller layer gets more tokens
/// into a block and a recurrent state a block as large as itself. Source: vLLM, v1/core/kv_cache_utils.py and v1/kv_cache_interface.py.
/// </summary>
public sealed class KvCachePlan
{
    private const int Block = 16;
    private const double Alike = 1.5;

    private readonly VllmOptions _options;
    private readonly VllmRules _rules;
    private readonly int _batched;

    /// <summary>Works it out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How vLLM runs.</param>
    /// <param name="batchedTokens">The tokens of a batch.</param>
    /// <param name="latentBlock">The block of latent attention: 64 where FlashMLA runs.</param>
    public KvCachePlan(ModelArchitecture model, VllmOptions options, int batchedTokens, int latentBlock = 64)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        (_options, _batched, _rules) = (options, batchedTokens, VllmRules.For(options.Version));
        var type = KvCacheType.Of(options.KvCacheDtype, model.Quantization);
        var kinds = model.Groups.Select(group => group with { Count = LayersOfStage(group, model, options) }).ToList();
        var tp = options.TensorParallel;
        var paged = kinds.Where(kind => kind.Kind != LayerKind.Recurrent).ToList();
        var state = kinds.Where(kind => kind.State is not null).Select(kind => kind.State!.BytesPerGpu(tp, options.SpeculativeTokens)).DefaultIfEmpty(0).Max();
        var widest = paged.Select(kind => kind.BytesPerToken(tp, type)).DefaultIfEmpty(0).Max();
        var block = paged.Any(kind => kind.Kind == LayerKind.Latent) ? latentBlock : Block;
        if (state > 0 && widest > 0) block = Block * (int)Math.Ceiling(state / (Block * widest));
        PageBytes = Math.Max(1, widest > 0 ? (long)(block * widest) : state);
        BlockTokens = block;
        GroupSize = SizeOfGroups(kinds);
        Groups = [.. kinds.Select(kind => new KvCacheGroup(kind, (kind.Count + GroupSize - 1) / GroupSize,
            kind.Kind == LayerKind.Recurrent ? block : block * Math.Max(1, (int)(widest / kind.BytesPerToken(tp, type)))))];
        TypeName = type.Name;
    }

    /// <summary>The bytes of a page: one block of one layer.</summary>
    public long PageBytes { get; }

    /// <summary>The tokens of a block of the layers that take most.</summary>
    public int BlockTokens { get; }

    /// <summary>The layers of a group.</summary>
    public int GroupSize { get; }

    /// <summary>The groups.</summary>
    public IReadOnlyList<KvCacheGroup> Groups { get; }

    /// <summary>The type of keys and values.</summary>
    public string TypeName { get; }

    /// <summary>The bytes of a block in all layers of a group.</summary>
    public long BlockBytes => PageBytes * GroupSize;

    /// <summary>How many blocks a memory holds.</summary>
    /// <param name="bytes">The memory of one GPU.</param>
    public long BlocksIn(long bytes) => bytes <= 0 ? 0 : bytes / PageBytes / GroupSize;

    /// <summary>The blocks that one request takes at the most.</summary>
    /// <param name="length">Its context in tokens.</param>
    public long BlocksOf(int length) => Groups.Sum(group => group.Count * Blocks(group, length));

    /// <summary>The bytes that so many requests take on one GPU.</summary>
    /// <param name="length">Their context in tokens.</param>
    /// <param name="requests">How many.</param>
    public long BytesOf(int length, int requests = 1) => BlocksOf(length) * requests * BlockBytes;

    /// <summary>How many requests fit at once.</summary>
    /// <param name="bytes">The memory of one GPU.</param>
    /// <param name="length">Their context in tokens.</param>
    public double ConcurrencyIn(long bytes, int length) => BlocksIn(bytes) / (double)Math.Max(1, BlocksOf(length));

    /// <summary>The tokens that vLLM prints as <c>GPU KV cache size</c>.</summary>
    /// <param name="bytes">The memory of one GPU.</param>
    /// <param name="length">The longest context.</param>
    public long TokensIn(long bytes, int length) => TokensOf(BlocksIn(bytes), length);

    /// <summary>The tokens that vLLM prints for a number of blocks.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="length">The longest context.</param>
    public long TokensOf(long blocks, int length) => _rules.CountsByConcurrency
        ? (long)(blocks / (double)Math.Max(1, BlocksOf(length)) * length)
        : blocks / Math.Max(1, Groups.Sum(group => group.Count)) * BlockTokens;

    /// <summary>The longest context of one request, 0 if none fits.</summary>
    /// <param name="bytes">The memory of one GPU.</param>
    /// <param name="most">What is not asked for anyway.</param>
    /// <param name="requests">How many of them at once.</param>
    public int LongestIn(long bytes, int most, int requests = 1)
    {
        var blocks = BlocksIn(bytes) / requests;
        var (fits, tooLong) = (0, most + 1);
        while (tooLong - fits > 1)
            if (BlocksOf(fits + ((tooLong - fits) / 2)) <= blocks) fits += (tooLong - fits) / 2;
            else tooLong = fits + ((tooLong - fits) / 2);
        return fits;
    }

    private long Blocks(KvCacheGroup group, int length)
    {
        var kind = group.Layers;
        return kind.Kind switch
        {
            LayerKind.Recurrent => _rules.StateBlocks + _options.SpeculativeTokens,
            LayerKind.Sliding => Math.Min(Ceiling(Math.Min(kind.Window - 1L + InFlight, length), group.BlockTokens) + 1, Ceiling(length, group.BlockTokens) + 1),
            LayerKind.Chunked => Ceiling(Math.Min(kind.Window + InFlight, length), group.BlockTokens),
            _ => Ceiling(length, group.BlockTokens),
        };
    }

    /// <summary>Tokens that may be under way: one batch, and with the scheduler ahead of the GPU another one.</summary>
    private long InFlight => (long)_batched * (_options.PipelineParallel > 1 ? _options.PipelineParallel : _options.SpeculativeTokens > 0 || _rules.IsV0 ? 1 : 2);

    private static int LayersOfStage(LayerGroup group, ModelArchitecture model, VllmOptions options)
    {
        var count = (group.Count + options.PipelineParallel - 1) / options.PipelineParallel;
        return group.Kind is LayerKind.Full or LayerKind.Latent && options.SpeculativeTokens > 0 ? count + model.SpeculativeLayers : count;
    }

    private static int SizeOfGroups(List<LayerGroup> kinds)
    {
        if (kinds.Count == 0) return 1;
        var (least, most) = (kinds.Min(kind => kind.Count), kinds.Max(kind => kind.Count));
        return most < Alike * least ? most : least;
    }

    private static long Ceiling(long tokens, int block) => (tokens + block - 1) / block;
}
