namespace LlmOps.Engines;

/// <summary>Which of vLLM's flags a user may not give, because LlmOps decides them or because a secret would be seen by all.</summary>
public static class VllmArgument
{
    private const string Loopback = "Servers listen on the rig's loopback interface only; bring one home with New-LlmTunnel.";

    private static readonly Dictionary<string, string> Owned = new(StringComparer.Ordinal)
    {
        ["--host"] = Loopback,
        ["--uds"] = Loopback,
        ["--port"] = "Use -Port.",
        ["--api-key"] = "Use -ApiKey: an argument can be read by everybody on the rig.",
        ["--hf-token"] = "Use -Environment @{ HF_TOKEN = '...' }: an argument can be read by everybody on the rig.",
        ["--model"] = "Use -Model.",
        ["--served-model-name"] = "Use -ServedModelName.",
        ["--tensor-parallel-size"] = "Use -TensorParallelSize.",
        ["-tp"] = "Use -TensorParallelSize.",
        ["--max-model-len"] = "Use -MaxModelLen.",
        ["--gpu-memory-utilization"] = "Use -GpuMemoryUtilization.",
        ["--quantization"] = "Use -Quantization.",
        ["-q"] = "Use -Quantization.",
        ["--cpu-offload-gb"] = "Use -CpuOffloadGB.",
        ["--headless"] = "A server without an API can't become ready; leave it out.",
        ["--grpc"] = "LlmOps speaks HTTP to the server; leave it out.",
    };

    /// <summary>Refuses the first flag that may not be given.</summary>
    /// <param name="arguments">The user's flags.</param>
    /// <exception cref="LlmOpsException"><c>EngineArgumentNotAllowed</c>.</exception>
    public static void Validate(IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        foreach (var argument in arguments)
        {
            if (!argument.StartsWith('-')) continue;

            // vLLM takes --max_model_len as well, and --flag=value.
            var flag = argument.Split('=', 2)[0].Replace('_', '-');
            if (Owned.TryGetValue(flag, out var instead)) throw ServerErrors.ArgumentOwned(flag, instead);
        }
    }
}
