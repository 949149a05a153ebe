using System.Globalization;
using Xunit.Abstractions;

namespace LlmOps.Planning.Tests;

/// <summary>
/// The plan beside what other estimators compute by their published formulas, on the points where vLLM's own figures are logged. hf-mem: bytes of the tensors; 2 × full-attention layers × heads ×
/// head size × context × bytes; a warm-up peak of the residual stream and the largest of attention, feed-forward and logits. accelerate estimate-memory: the bytes of the parameters, and a fifth more for
/// inference; no cache. gguf-parser: the bytes of the tensors; keys and values of all layers for the whole context; a compute buffer of a micro-batch. None of them knows tensor parallelism; they are given the
/// share of one GPU, which is more than they say.
/// </summary>
public sealed class FitComparisonTests(ITestOutputHelper output)
{
    private const double GiB = 1L << 30;
    private const int MicroBatch = 512;

    [Fact]
    public void Ours_is_nearest_in_the_tokens_of_the_cache()
    {
        var rows = (from point in GroundTruthPoint.All
                    where point.HasConfig && point.Observed("kv_cache_gib") is > 0
                    let logged = point.Observed("kv_tokens") ?? (point.Observed("gpu_blocks") * 16)
                    where logged is not null
                    let bytes = (long)(point.Observed("kv_cache_gib")!.Value * GiB)
                    let length = (int)point.Flag("max_model_len")!
                    let plan = new KvCachePlan(point.Architecture, point.Options, point.Options.MaxBatchedTokens ?? (point.Gpu is { } gpu ? point.Options.BatchedTokensOn(gpu) : 2048), 16)
                    select new Row(point.Id, logged.Value, plan.TokensIn(bytes, length), bytes / PerTokenOfHfMem(point), null, bytes / PerTokenOfGgufParser(point))).ToList();
        Judge("tokens of the cache, from the logged memory", rows);
    }

    [Fact]
    public void Ours_is_nearest_in_the_weights()
    {
        var rows = (from point in GroundTruthPoint.All
                    let logged = point.Observed("weights_gib_per_gpu")
                    where logged is not null && point.WeightBytes is not null
                    let files = point.WeightBytes!.Value / GiB / point.TensorParallel
                    select new Row(point.Id, logged.Value, new WeightPlan(point.Architecture, point.WeightBytes!.Value, point.Options, true).PerGpu / GiB, files, files * 1.2, files)).ToList();
        Judge("weights of one GPU in GiB", rows);
    }

    [Fact]
    public void Ours_is_nearest_from_the_total_to_the_cache()
    {
        var rows = (from point in GroundTruthPoint.All
                    let ends = GroundTruthTests.EndToEnd(point)
                    where ends is not null && ends.Value.Logged > 0
                    let weights = (point.WeightBytes ?? (long)(point.Observed("weights_gib_per_gpu")!.Value * GiB * point.TensorParallel)) / GiB / point.TensorParallel
                    let budget = (point.Observed("gpu_total_gib") ?? point.Gpu!.UsableGiB!.Value) * (point.Flag("gpu_memory_utilization") ?? VllmRules.For(point.Version).Utilization)
                    select new Row(point.Id, ends.Value.Logged, ends.Value.Planned, budget - weights - WarmUpOfHfMem(point), budget - (1.2 * weights), budget - weights - BufferOfGgufParser(point))).ToList();
        Judge("memory for the cache in GiB, from the total", rows);
    }

    private void Judge(string what, IReadOnlyList<Row> rows)
    {
        output.WriteLine($"| {what} | logged | LlmOps | hf-mem | accelerate | gguf-parser |");
        foreach (var row in rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {row.Id} | {row.Logged:0.##} | {row.Error(row.Ours):+0.0%;-0.0%;0.0%} | {row.Error(row.HfMem):+0.0%;-0.0%;0.0%} | {(row.Accelerate is { } a ? row.Error(a).ToString("+0.0%;-0.0%;0.0%", CultureInfo.InvariantCulture) : "–")} | {row.Error(row.GgufParser):+0.0%;-0.0%;0.0%} |"));
        var (ours, hfMem, gguf) = (rows.Average(row => Math.Abs(row.Error(row.Ours))), rows.Average(row => Math.Abs(row.Error(row.HfMem))), rows.Average(row => Math.Abs(row.Error(row.GgufParser))));
        double? accelerate = rows.All(row => row.Accelerate is not null) ? rows.Average(row => Math.Abs(row.Error(row.Accelerate!.Value))) : null;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| mean | | {ours:0.00%} | {hfMem:0.00%} | {(accelerate is { } known ? known.ToString("0.00%", CultureInfo.InvariantCulture) : "–")} | {gguf:0.00%} |"));
        Assert.True(ours < hfMem && ours < gguf && (accelerate is null || ours < accelerate), "another estimator is nearer");
    }

    private static double PerTokenOfHfMem(GroundTruthPoint point)
    {
        var model = point.Architecture;
        var layers = model.Groups.Where(group => group.Kind is LayerKind.Full or LayerKind.Latent).Sum(group => group.Count);
        return 2.0 * layers * model.KvHeads * model.HeadDim * Bytes(point) / point.TensorParallel;
    }

    private static double PerTokenOfGgufParser(GroundTruthPoint point) =>
        2.0 * point.Architecture.Layers * point.Architecture.KvHeads * point.Architecture.HeadDim * Bytes(point) / point.TensorParallel;

    private static double WarmUpOfHfMem(GroundTruthPoint point)
    {
        var model = point.Architecture;
        var tokens = point.Options.MaxBatchedTokens ?? 2048;
        var attention = tokens * (model.Heads + (2.0 * model.KvHeads)) * model.HeadDim * 2;
        return ((tokens * 2.0 * model.Hidden) + Math.Max(Math.Max(attention, 2.0 * tokens * model.Intermediate * 2), Math.Min(tokens, 1) * 2.0 * model.Vocabulary)) / GiB;
    }

    private static double BufferOfGgufParser(GroundTruthPoint point) =>
        MicroBatch * 4.0 * (point.Architecture.Vocabulary + (2.0 * point.Architecture.Hidden) + (3.0 * point.Architecture.Intermediate)) / GiB;

    private static double Bytes(GroundTruthPoint point) => KvCacheType.Of(point.Options.KvCacheDtype).BytesPerNumber;

    private sealed record Row(string Id, double Logged, double Ours, double HfMem, double? Accelerate, double GgufParser)
    {
        public double Error(double value) => (value / Logged) - 1;
    }
}
