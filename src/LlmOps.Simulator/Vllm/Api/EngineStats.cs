using System.Globalization;
using System.Text;

namespace LlmOps.Simulator.Vllm;

/// <summary>What the engine counts, and how busy that makes its GPUs.</summary>
internal sealed class EngineStats(ServeSettings settings, MemoryPlan plan, IReadOnlyList<Worker> workers)
{
    private const int Busy = 97;

    private readonly Dictionary<string, long> _finished = new() { ["stop"] = 0, ["length"] = 0, ["abort"] = 0, ["error"] = 0 };
    private readonly Lock _gate = new();
    private int _running;
    private long _cachedTokens;
    private long _promptTokens;
    private long _generatedTokens;

    public Histogram FirstToken { get; } = Histogram.OfShortTimes("vllm:time_to_first_token_seconds");

    public Histogram InterToken { get; } = Histogram.OfShortTimes("vllm:inter_token_latency_seconds");

    public Histogram PerToken { get; } = Histogram.OfShortTimes("vllm:request_time_per_output_token_seconds");

    public Histogram EndToEnd { get; } = Histogram.OfLongTimes("vllm:e2e_request_latency_seconds");

    public Histogram Queue { get; } = Histogram.OfLongTimes("vllm:request_queue_time_seconds");

    public Histogram Prefill { get; } = Histogram.OfLongTimes("vllm:request_prefill_time_seconds");

    public Histogram Decode { get; } = Histogram.OfLongTimes("vllm:request_decode_time_seconds");

    public Histogram PromptLength { get; } = Histogram.OfCounts("vllm:request_prompt_tokens");

    public Histogram GenerationLength { get; } = Histogram.OfCounts("vllm:request_generation_tokens");

    public int Running => Volatile.Read(ref _running);

    public long PromptTokens => Interlocked.Read(ref _promptTokens);

    public long GeneratedTokens => Interlocked.Read(ref _generatedTokens);

    public double CacheUse => Math.Min(1, Interlocked.Read(ref _cachedTokens) / (double)Math.Max(1, plan.Blocks * plan.BlockSize));

    public void Begin(int promptTokens)
    {
        Interlocked.Add(ref _promptTokens, promptTokens);
        Interlocked.Add(ref _cachedTokens, promptTokens);
        PromptLength.Observe(promptTokens);
        Queue.Observe(0);
        if (Interlocked.Increment(ref _running) == 1)
            foreach (var worker in workers) worker.Work(Busy);
    }

    public void Token()
    {
        Interlocked.Increment(ref _generatedTokens);
        Interlocked.Increment(ref _cachedTokens);
    }

    public void End(int promptTokens, int generated, string reason, double seconds)
    {
        lock (_gate) _finished[reason]++;
        Interlocked.Add(ref _cachedTokens, -promptTokens - generated);
        GenerationLength.Observe(generated);
        EndToEnd.Observe(seconds);
        if (Interlocked.Decrement(ref _running) == 0)
            foreach (var worker in workers) worker.Work(0);
    }

    /// <summary>The page that Prometheus reads.</summary>
    public string Page()
    {
        var page = new StringBuilder();
        var labels = $"engine=\"0\",model_name=\"{settings.ServedNames[0]}\"";
        void Single(string type, string name, double value, string more = "") =>
            page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {type}.\n# TYPE {name} {type}\n{name}{{{labels}{more}}} {value:0.0###########}\n");
        Single("gauge", "vllm:num_requests_running", Running);
        Single("gauge", "vllm:num_requests_waiting", 0);
        Single("gauge", "vllm:kv_cache_usage_perc", CacheUse);
        Single("gauge", "vllm:engine_sleep_state", 1, ",sleep_state=\"awake\"");
        Single("gauge", "vllm:cache_config_info", 1, string.Create(CultureInfo.InvariantCulture,
            $",block_size=\"{plan.BlockSize}\",num_gpu_blocks=\"{plan.Blocks}\",kv_cache_size_tokens=\"{plan.Tokens}\",kv_cache_max_concurrency=\"{plan.Concurrency}\",gpu_memory_utilization=\"{settings.Utilization}\",cache_dtype=\"auto\""));
        Single("counter", "vllm:prompt_tokens_total", PromptTokens);
        Single("counter", "vllm:generation_tokens_total", GeneratedTokens);
        Single("counter", "vllm:prefix_cache_queries_total", PromptTokens);
        Single("counter", "vllm:prefix_cache_hits_total", 0);
        Single("counter", "vllm:num_preemptions_total", 0);
        page.Append("# HELP vllm:request_success_total counter.\n# TYPE vllm:request_success_total counter\n");
        lock (_gate)
            foreach (var (reason, count) in _finished)
                page.Append(CultureInfo.InvariantCulture, $"vllm:request_success_total{{{labels},finished_reason=\"{reason}\"}} {count:0.0}\n");
        foreach (var histogram in new[] { FirstToken, InterToken, PerToken, EndToEnd, Queue, Prefill, Decode, PromptLength, GenerationLength }) histogram.Write(page, labels);
        return page.ToString();
    }
}
