using System.Globalization;
using LlmOps.Protocol.Operations;

namespace LlmOps.Engines;

/// <summary>The command line of <c>vllm serve</c>. vLLM starts its own workers for tensor parallelism; it must not be wrapped in torchrun.</summary>
internal static class VllmCommand
{
    /// <summary>The variable by which vLLM takes its key; an argument could be read by everybody.</summary>
    public const string ApiKeyVariable = "VLLM_API_KEY";

    private const int LongestDrainSeconds = 30;

    /// <summary>Builds the arguments.</summary>
    /// <param name="args">The wish, already checked.</param>
    /// <param name="model">The Hub id or the folder.</param>
    /// <param name="servedModelName">The name for clients.</param>
    /// <param name="port">The port.</param>
    /// <param name="tensorParallelSize">The number of GPUs.</param>
    public static IReadOnlyList<string> Build(ServerStartArgs args, string model, string servedModelName, int port, int tensorParallelSize)
    {
        var line = new List<string>
        {
            "serve", model,
            "--host", "127.0.0.1",
            "--port", Text(port),
            "--served-model-name", servedModelName,
            "--tensor-parallel-size", Text(tensorParallelSize),
        };
        Add("--max-model-len", args.MaxModelLen);
        Add("--gpu-memory-utilization", args.GpuMemoryUtilization?.ToString(CultureInfo.InvariantCulture));
        Add("--quantization", args.Quantization);
        Add("--cpu-offload-gb", args.CpuOffloadGB?.ToString(CultureInfo.InvariantCulture));
        if (!args.Arguments.Any(given => given.Replace('_', '-').StartsWith("--shutdown-timeout", StringComparison.Ordinal)))
            Add("--shutdown-timeout", Text(LongestDrainSeconds));
        line.AddRange(args.Arguments);
        return line;

        void Add(string flag, string? value)
        {
            if (value is not null) line.AddRange([flag, value]);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
