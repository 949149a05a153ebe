using System.Globalization;

namespace LlmOps.Simulator.Vllm;

/// <summary>The line that vLLM logs every ten seconds while it works, and once after.</summary>
internal sealed class ThroughputLog : IDisposable
{
    private const int Seconds = 10;

    private readonly Timer _timer;
    private long _prompt;
    private long _generated;
    private bool _wasIdle = true;

    public ThroughputLog(VllmLog log, string tag, EngineStats stats) => _timer = new Timer(
        _ =>
        {
            var (prompt, generated) = (stats.PromptTokens, stats.GeneratedTokens);
            var idle = stats.Running == 0 && prompt == _prompt && generated == _generated;
            if (!idle || !_wasIdle)
                log.Info(tag, "loggers.py:263", string.Create(CultureInfo.InvariantCulture,
                    $"Engine 000: Avg prompt throughput: {(prompt - _prompt) / (double)Seconds:0.0} tokens/s, Avg generation throughput: {(generated - _generated) / (double)Seconds:0.0} tokens/s, Running: {stats.Running} reqs, Waiting: 0 reqs, GPU KV cache usage: {stats.CacheUse * 100:0.0}%, Prefix cache hit rate: 0.0%"));
            (_prompt, _generated, _wasIdle) = (prompt, generated, idle);
        },
        null, Seconds * 1000, Seconds * 1000);

    public void Dispose() => _timer.Dispose();
}
