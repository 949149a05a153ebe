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

    public required int KvBytes { get; init; }

    public required double OffloadGiB { get; init; }

    public required bool DummyWeights { get; init; }

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required IReadOnlyList<string> Keys { get; init; }

    public required bool Reasons { get; init; }

    public required TimeSpan ShutdownTimeout { get; init; }

    public static ServeSettings Make(ServeArguments arguments, ModelConfig config, SimulatedGpu gpu)
    {
        var isLarge = gpu.MemoryMiB >= 70 * 1024 && !gpu.Name.Contains("A100", StringComparison.Ordinal);
        var length = arguments.Length("--max-model-len");
        var environmentKey = Environment.GetEnvironmentVariable("VLLM_API_KEY");
        var names = arguments.List("--served-model-name");
        return new ServeSettings
        {
            Model = arguments.Model, ServedNames = names.Count > 0 ? names : [arguments.Model], TensorParallel = arguments.Integer("--tensor-parallel-size", 1),
            Utilization = arguments.Float("--gpu-memory-utilization", 0.92), MaxModelLen = length is null or -1 ? config.MaxPositions : (int)length, AutoFit = length == -1,
            MaxBatchedTokens = (int)(arguments.Length("--max-num-batched-tokens") ?? (gpu.MemoryMiB >= 160 * 1024 ? 16384 : isLarge ? 8192 : 2048)),
            MaxSequences = arguments.Integer("--max-num-seqs", isLarge ? 1024 : 256), Eager = arguments.Has("--enforce-eager"),
            DType = arguments["--dtype"] is { } dtype and not "auto" ? dtype switch { "half" => "float16", "bf16" => "bfloat16", _ => dtype } : config.DType,
            KvBytes = arguments["--kv-cache-dtype"]?.StartsWith("fp8", StringComparison.Ordinal) == true ? 1 : 2, OffloadGiB = arguments.Float("--cpu-offload-gb", 0),
            DummyWeights = arguments["--load-format"] == "dummy", Host = arguments["--host"] ?? "0.0.0.0", Port = arguments.Integer("--port", 8000),
            Keys = arguments.Has("--api-key") ? arguments.List("--api-key") : environmentKey is { Length: > 0 } ? [environmentKey] : [],
            Reasons = arguments.Has("--reasoning-parser") || config.ModelType == "gpt_oss", ShutdownTimeout = TimeSpan.FromSeconds(arguments.Integer("--shutdown-timeout", 0)),
        };
    }
}
