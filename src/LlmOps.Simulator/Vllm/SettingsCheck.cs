using System.Globalization;
using LlmOps.Simulator.Gpus;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Vllm;

/// <summary>What vLLM and the real hardware refuse, in vLLM's words and at the place where it finds out.</summary>
internal static class SettingsCheck
{
    private const double GiB = 1L << 30;

    /// <summary>Refusals before the engine starts.</summary>
    /// <exception cref="VllmFailure">It is refused.</exception>
    public static void BeforeEngine(ServeSettings settings, ServeArguments arguments, ModelFiles model, SimulatedMachine machine)
    {
        if (machine.GpuCount == 0)
            throw new VllmFailure("RuntimeError: Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG` to turn on verbose logging to help debug the issue.", FailurePlace.ApiServer);
        var config = model.Config;
        if (!settings.AutoFit && settings.MaxModelLen > config.MaxPositions)
            throw VllmFailure.Setting("ModelConfig",
                $"User-specified max_model_len ({settings.MaxModelLen}) is greater than the derived max_model_len (max_position_embeddings={config.MaxPositions} or model_max_length=None in model's config.json). To allow overriding this maximum, set the env var VLLM_ALLOW_LONG_MAX_MODEL_LEN=1.");
        var asked = arguments["--quantization"];
        if (asked is not null && config.Quantization is { } declared && asked.Split('_')[0] != declared)
            throw VllmFailure.Setting("ModelConfig", $"Quantization method specified in the model config ({declared}) does not match the quantization method specified in the `quantization` argument ({asked}).");
        if (config.Heads % settings.TensorParallel != 0)
            throw VllmFailure.Setting("VllmConfig", $"Total number of attention heads ({config.Heads}) must be divisible by tensor parallel size ({settings.TensorParallel}).");
        var world = settings.TensorParallel * arguments.Integer("--pipeline-parallel-size", 1);
        if (world > machine.GpuCount && arguments.Integer("--nnodes", 1) == 1 && arguments["--distributed-executor-backend"] != "ray")
            throw VllmFailure.Setting("ParallelConfig",
                $"World size ({world}) is larger than the number of available GPUs ({machine.GpuCount}) in this node. If this is intentional and you are using:\n- ray, set '--distributed-executor-backend ray'.\n- multiprocessing, set '--nnodes' appropriately.");
        var capability = double.Parse(machine.Gpu.ComputeCapability, CultureInfo.InvariantCulture);
        if (capability < 8 && arguments["--dtype"] is "bfloat16" or "bf16")
            throw VllmFailure.Setting("ModelConfig",
                $"Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your {machine.Gpu.Name} GPU has compute capability {machine.Gpu.ComputeCapability}. You can use float16 instead by explicitly setting the `dtype` flag in CLI, for example: --dtype=half.");
        if (config.Quantization == "mxfp4" && capability < 8)
            throw VllmFailure.Setting("VllmConfig", $"The quantization method mxfp4 is not supported for the current GPU. Minimum capability: 80. Current capability: {capability * 10:0}.");
    }

    /// <summary>Refusals of the device, before weights are loaded.</summary>
    /// <exception cref="VllmFailure">It is refused.</exception>
    public static void BeforeLoading(ServeSettings settings, MemoryPlan plan, ModelFiles model, string modelName, SimulatedMachine machine)
    {
        if (double.Parse(machine.Gpu.ComputeCapability, CultureInfo.InvariantCulture) < 7.5)
            throw new VllmFailure("torch.AcceleratorError: CUDA error: no kernel image is available for execution on the device\nCUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.", FailurePlace.Worker);
        foreach (var gpu in GpuReading.All(machine).Take(settings.TensorParallel))
        {
            var free = plan.Total - (gpu.UsedMiB << 20);
            if (free < plan.Requested)
                throw new VllmFailure(string.Create(CultureInfo.InvariantCulture,
                    $"ValueError: Free memory on device cuda:{gpu.Index} ({free / GiB:0.00}/{plan.Total / GiB:0.00} GiB) on startup is less than desired GPU memory utilization ({settings.Utilization}, {plan.Requested / GiB:0.00} GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes."), FailurePlace.Worker);
        }

        if (model is { IsHere: true, Shards: 0 } && !settings.DummyWeights) throw new VllmFailure($"RuntimeError: Cannot find any model weights with `{modelName}`", FailurePlace.Worker);
    }

    /// <summary>Refusals of the KV cache.</summary>
    /// <exception cref="VllmFailure">It is refused.</exception>
    public static void BeforeCache(ServeSettings settings, MemoryPlan plan)
    {
        if (plan.KvCache <= 0)
            throw new VllmFailure("ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine. See https://docs.vllm.ai/en/latest/configuration/conserving_memory/ for more details.", FailurePlace.EngineCore);
        if (plan.NeededFor(settings.MaxModelLen) > plan.KvCache)
            throw new VllmFailure(string.Create(CultureInfo.InvariantCulture,
                $"ValueError: To serve at least one request with the model's max seq len ({settings.MaxModelLen}), ({plan.NeededFor(settings.MaxModelLen) / GiB:0.00} GiB KV cache is needed, which is larger than the available KV cache memory ({plan.KvCache / GiB:0.00} GiB). Based on the available memory, the estimated maximum model length is {plan.LongestContext()}. Try increasing `gpu_memory_utilization` or decreasing `max_model_len` when initializing the engine. See https://docs.vllm.ai/en/latest/configuration/conserving_memory/ for more details."), FailurePlace.EngineCore);
    }

    /// <summary>The failure of an allocation on a full GPU.</summary>
    public static VllmFailure OutOfMemory(int gpu, long wanted, MemoryPlan plan, long held) => new(string.Create(CultureInfo.InvariantCulture,
        $"torch.OutOfMemoryError: CUDA out of memory. Tried to allocate {wanted / (double)(1 << 20):0.00} MiB. GPU {gpu} has a total capacity of {plan.Total / GiB:0.00} GiB of which {Math.Max(0, plan.Total - held) / (double)(1 << 20):0.00} MiB is free. Including non-PyTorch memory, this process has {held / GiB:0.00} GiB memory in use. Of the allocated memory {held * 0.98 / GiB:0.00} GiB is allocated by PyTorch, and {held * 0.002 / (1 << 20):0.00} MiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting PYTORCH_ALLOC_CONF=expandable_segments:True to avoid fragmentation."), FailurePlace.Worker);
}
