namespace LlmOps.Planning;

/// <summary>
/// Which sizes of tensor and pipeline parallelism a model allows. Tensor parallelism divides the attention heads; the heads with keys and values of their own are divided too, or repeated
/// evenly; a group of quantized weights is not cut. Sources: vLLM, config/model.py verify_with_parallel_config and model_executor/layers/linear.py.
/// </summary>
public static class Parallelism
{
    /// <summary>The legal sizes of tensor parallelism, from 1.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gpus">How many GPUs there are.</param>
    public static IReadOnlyList<int> TensorSizes(ModelArchitecture model, int gpus)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. Enumerable.Range(1, Math.Max(1, gpus)).Where(size => IsLegal(model, size))];
    }

    /// <summary>The pairs of sizes that use GPUs, the one that uses most of them by tensor parallelism first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gpus">How many GPUs there are.</param>
    public static IReadOnlyList<(int Tensor, int Pipeline)> Choices(ModelArchitecture model, int gpus) =>
        [.. TensorSizes(model, gpus).SelectMany(tensor => Enumerable.Range(1, Math.Max(1, gpus / tensor)).Where(pipeline => pipeline <= model.Layers).Select(pipeline => (tensor, pipeline)))
            .OrderByDescending(pair => pair.tensor * pair.pipeline).ThenByDescending(pair => pair.tensor)];

    private static bool IsLegal(ModelArchitecture model, int size)
    {
        if (model.Heads % size != 0) return false;
        if (model.Groups.Any(group => group.Kind is LayerKind.Full or LayerKind.Sliding or LayerKind.Chunked && (group.KvHeads >= size ? group.KvHeads % size : size % group.KvHeads) != 0)) return false;
        var group = model.Quantization is { Method: "awq" or "gptq" or "compressed-tensors", GroupSize: > 0 and { } found } ? found : 1;
        var width = model.IsMixture ? model.ExpertIntermediate : model.Intermediate;
        return size == 1 || (width % size == 0 && width / size % group == 0);
    }
}
