using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Engines;

/// <summary>Follows vLLM's log while it starts: the phase, its percentage, and the figures that vLLM works out on the way. The lines are those of vLLM 0.8 to 0.29.</summary>
internal sealed partial class VllmLog
{
    private static readonly (EnginePhase Phase, Regex Sign)[] Signs =
    [
        (EnginePhase.StartingApi, ApiSign()),
        (EnginePhase.CapturingGraphs, GraphsSign()),
        (EnginePhase.ProfilingMemory, ProfileSign()),
        (EnginePhase.Compiling, CompileSign()),
        (EnginePhase.LoadingWeights, WeightsSign()),
        (EnginePhase.Downloading, DownloadSign()),
        (EnginePhase.Connecting, ConnectSign()),
        (EnginePhase.Configuring, ConfigSign()),
    ];

    private readonly LogLineSplitter _lines = new(barsToo: true);

    /// <summary>How far the start is.</summary>
    public EngineProgress Progress { get; private set; } = new(EnginePhase.Launching, null);

    /// <summary>The engine's version, or null.</summary>
    public string? Version { get; private set; }

    /// <summary>The longest context in tokens, or null.</summary>
    public int? MaxModelLen { get; private set; }

    /// <summary>The size of the KV cache in tokens, the smallest of all ranks, or null.</summary>
    public long? KvCacheTokens { get; private set; }

    /// <summary>True when the HTTP server has said that it is up.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Reads what was appended to the log.</summary>
    /// <param name="appended">The bytes.</param>
    public void Add(ReadOnlySpan<byte> appended)
    {
        if (IsUp) return;
        foreach (var line in _lines.Add(appended)) Read(EngineLogLine.Parse(line).Message);
    }

    private void Read(string message)
    {
        if (Up().IsMatch(message))
        {
            IsUp = true;
            Progress = new EngineProgress(EnginePhase.FirstToken, null);
            return;
        }

        if (VersionFigure().Match(message) is { Success: true } version) Version ??= version.Groups["v"].Value;
        if (ContextFigure().Match(message) is { Success: true } context && int.TryParse(context.Groups["n"].ValueSpan, CultureInfo.InvariantCulture, out var length))
            MaxModelLen = length;
        if (KvFigure().Match(message) is { Success: true } kv &&
            long.TryParse(kv.Groups["n"].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var tokens))
            KvCacheTokens = Math.Min(KvCacheTokens ?? long.MaxValue, tokens);
        foreach (var (phase, sign) in Signs)
        {
            if (sign.Match(message) is not { Success: true } match) continue;
            Advance(phase, match.Groups["pct"] is { Success: true } percent ? double.Parse(percent.ValueSpan, CultureInfo.InvariantCulture) : null);
            break;
        }
    }

    /// <summary>Ranks print the same lines at different times: a phase is never left backwards.</summary>
    private void Advance(EnginePhase phase, double? percent)
    {
        if (phase < Progress.Phase) return;
        if (phase > Progress.Phase) Progress = new EngineProgress(phase, percent is { } first ? Math.Min(first, 100) : null);
        else if (percent is { } now) Progress = new EngineProgress(phase, Math.Min(now, 100));
    }

    [GeneratedRegex(@"Application startup complete\.")]
    private static partial Regex Up();

    [GeneratedRegex(@"(?:Initializing a V\d LLM engine \(v|API server version |\bversion )(?<v>\d[\w.+]{0,60})")]
    private static partial Regex VersionFigure();

    [GeneratedRegex(@"Using max model len (?<n>\d{1,9})|Auto-fit max_model_len: reduced from \d+ to (?<n>\d{1,9})")]
    private static partial Regex ContextFigure();

    [GeneratedRegex(@"GPU KV cache size: (?<n>[\d,]{1,20}) tokens")]
    private static partial Regex KvFigure();

    [GeneratedRegex(@"non-default args:|Resolved architecture:|Using max model len |Initializing a V\d LLM engine")]
    private static partial Regex ConfigSign();

    [GeneratedRegex(@"vLLM is using nccl==|world_size=\d+ rank=\d+")]
    private static partial Regex ConnectSign();

    [GeneratedRegex(@"Starting to load model |Time spent downloading weights|\.safetensors:\s+(?<pct>\d{1,3})%\|")]
    private static partial Regex DownloadSign();

    [GeneratedRegex(@"Loading \S{1,40} (?:checkpoint shards|using Runai Model Streamer):\s+(?<pct>\d{1,3})%|Prefetching checkpoint files: (?<pct>\d{1,3})%|Loading weights took |Model loading took |Loading model weights took ")]
    private static partial Regex WeightsSign();

    [GeneratedRegex(@"Dynamo bytecode transform time:|Compiling a graph for|Directly load the compiled graph|torch\.compile (?:took|takes) ")]
    private static partial Regex CompileSign();

    [GeneratedRegex(@"Initial profiling/warmup run took|Profiling CUDA graph memory|Estimated CUDA graph memory|Available KV cache memory:|GPU KV cache size:|# (?:GPU|cuda) blocks:")]
    private static partial Regex ProfileSign();

    [GeneratedRegex(@"Capturing CUDA graph[^:]{0,80}:\s+(?<pct>\d{1,3})%|Capturing CUDA graph|Graph capturing finished")]
    private static partial Regex GraphsSign();

    [GeneratedRegex(@"init engine \(profile|Supported tasks: |Supported_tasks: |Starting vLLM (?:API )?server|Started server process|Waiting for application startup")]
    private static partial Regex ApiSign();
}
