using LlmOps.Planning;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Simulator.Vllm;

/// <summary>What a server is to be, from its command line, its model and its GPUs.</summary>
internal sealed record ServeSettings
{
    public required string Model { get; init; }

    public required IReadOnlyList<string> ServedNames { get; init; }

    public required int TensorParallel { get; init; }

    public required double Utilization { get; init; }

    public required int MaxModelLen { get; init; }

    public required bool AutoFit { get; init; }

    public required int MaxBatchedTokens { get; init; }

    public required int MaxSequences { get; init; }

    public required bool Eager { get; init; }

    public required string DType { get; init; }

    public required string? KvCacheDtype { get; init; }

    public required double OffloadGiB { get; init; }

    public required bool LanguageOnly { get; init; }

    public required bool DummyWeights { get; init; }

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required IReadOnlyList<string> Keys { get; init; }

    public required bool Reasons { get; init; }

    public required TimeSpan ShutdownTimeout { get; init; }

    public static ServeSettings Make(ServeArguments arguments, ModelConfig config, SimulatedGpu gpu)
    {
        var defaults = new VllmOptions();
        var length = arguments.Length("--max-model-len");
        var environmentKey = Environment.GetEnvironmentVariable("VLLM_API_KEY");
        var names = arguments.List("--served-model-name");
        return new ServeSettings
        {
            Model = arguments.Model,
            ServedNames = names.Count > 0 ? names : [arguments.Model],
            TensorParallel = arguments.Integer("--tensor-parallel-size", 1),
            Utilization = arguments.Float("--gpu-memory-utilization", 0.92),
            MaxModelLen = length is null or -1 ? config.MaxPositions : (int)length,
            AutoFit = length == -1,
            MaxBatchedTokens = (int)(arguments.Length("--max-num-batched-tokens") ?? defaults.BatchedTokensOn(gpu.Spec)),
            MaxSequences = arguments.Integer("--max-num-seqs", defaults.SequencesOn(gpu.Spec)),
            Eager = arguments.Has("--enforce-eager"),
            DType = arguments["--dtype"] is { } dtype and not "auto" ? dtype switch { "half" => "float16", "bf16" => "bfloat16", _ => dtype } : config.DType,
            KvCacheDtype = KvCacheType.Names.Contains(arguments["--kv-cache-dtype"]) ? arguments["--kv-cache-dtype"] : null,
            OffloadGiB = arguments.Float("--cpu-offload-gb", 0),
            LanguageOnly = arguments.Has("--language-model-only"),
            DummyWeights = arguments["--load-format"] == "dummy",
            Host = arguments["--host"] ?? "0.0.0.0",
            Port = arguments.Integer("--port", 8000),
            Keys = arguments.Has("--api-key") ? arguments.List("--api-key") : environmentKey is { Length: > 0 } ? [environmentKey] : [],
            Reasons = arguments.Has("--reasoning-parser") || config.ModelType == "gpt_oss",
            ShutdownTimeout = TimeSpan.FromSeconds(arguments.Integer("--shutdown-timeout", 0)),
        };
    }
}
