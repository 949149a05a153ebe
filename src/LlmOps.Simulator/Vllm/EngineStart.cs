using System.Diagnostics;
using System.Globalization;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Vllm;

/// <summary>The engine's start: the phases of the real one, its log lines, and memory that fills. Durations are a real machine's, in seconds.</summary>
internal sealed class EngineStart(SimulatedMachine machine, VllmLog log, ServeSettings settings, ModelFiles model, MemoryPlan plan, string version, IReadOnlyList<Worker> workers, string engine)
{
    private const double GiB = 1L << 30;
    private const double DiskBytesPerSecond = 140e6;
    private const double HubBytesPerSecond = 400e6;
    private const long Context = 300L << 20; // what CUDA itself holds

    private readonly double _slowness = machine.HasFault("SlowStart") ? 4 : 1;
    private readonly string _arch = model.Config.Quantization is "awq" or "gptq" ? $"{model.Config.Quantization}_marlin" : model.Config.Quantization ?? "None";

    /// <exception cref="VllmFailure">It does not start.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        log.Info(engine, "core.py:123", $"Initializing a V1 LLM engine (v{version}) with config: model='{settings.Model}', speculative_config=None, tokenizer='{settings.Model}', dtype=torch.{settings.DType}, max_seq_len={settings.MaxModelLen}, download_dir=None, load_format=auto, tensor_parallel_size={settings.TensorParallel}, pipeline_parallel_size=1, data_parallel_size=1, quantization={_arch}, enforce_eager={(settings.Eager ? "True" : "False")}, kv_cache_dtype=auto, device_config=cuda");
        await PassAsync(8, cancel).ConfigureAwait(false);
        await DistributeAsync(cancel).ConfigureAwait(false);
        SettingsCheck.BeforeLoading(settings, plan, model, settings.Model, machine);
        var began = Stopwatch.GetTimestamp();
        await DownloadAsync(cancel).ConfigureAwait(false);
        await LoadAsync(cancel).ConfigureAwait(false);
        Each(worker => log.Info(worker.Tag, "gpu_model_runner.py:5516", Text($"Model loading took {plan.Weights / GiB:0.00} GiB memory and {machine.RigSeconds(Stopwatch.GetElapsedTime(began)):0.000000} seconds")));
        began = Stopwatch.GetTimestamp();
        var compiled = await CompileAsync(cancel).ConfigureAwait(false);
        await ProfileAsync(cancel).ConfigureAwait(false);
        await CaptureAsync(cancel).ConfigureAwait(false);
        foreach (var worker in workers) await worker.SettleAsync(machine.Folder, cancel).ConfigureAwait(false); // on a fast clock the workers lag behind
        log.Info(engine, "core.py:338", Text($"init engine (profile, create kv cache, warmup model) took {machine.RigSeconds(Stopwatch.GetElapsedTime(began)):0.00} s (compilation: {compiled:0.00} s)"));
    }

    private async Task DistributeAsync(CancellationToken cancel)
    {
        foreach (var (worker, rank) in workers.Select((worker, rank) => (worker, rank)))
            log.Info(worker.Tag, "parallel_state.py:1392", $"world_size={workers.Count} rank={rank} local_rank={rank} distributed_init_method=tcp://127.0.0.1:{35000 + (worker.Id % 5000)} backend=nccl");
        await PassAsync(3, cancel).ConfigureAwait(false);
        if (workers.Count > 1) log.Info(workers[0].Tag, "pynccl.py:113", "vLLM is using nccl==2.28.9");
        if (machine.HasFault("NcclHang") && Environment.GetEnvironmentVariable("NCCL_P2P_DISABLE") != "1") await HangAsync(cancel).ConfigureAwait(false);
        if (workers.Count > 1 && machine.Gpu.Link == "PHB")
            Each(worker => log.Warning(worker.Tag, "custom_all_reduce.py:167", "Custom allreduce is disabled because your platform lacks GPU P2P capability or P2P test failed. To silence this warning, specify disable_custom_all_reduce=True explicitly."));
        foreach (var (worker, rank) in workers.Select((worker, rank) => (worker, rank)))
            log.Info(worker.Tag, "parallel_state.py:1718", $"rank {rank} in world size {workers.Count} is assigned as DP rank 0, PP rank 0, PCP rank 0, TP rank {rank}, EP rank N/A");
        await PassAsync(workers.Count > 1 ? 6 : 1, cancel).ConfigureAwait(false);
        Each(worker => worker.Hold(Context));
    }

    private async Task HangAsync(CancellationToken cancel)
    {
        while (true)
        {
            await PassAsync(60, cancel).ConfigureAwait(false);
            log.Info(engine, "shm_broadcast.py:103", "No available shared memory broadcast block found in 60 seconds. This typically happens when some processes are hanging or doing some time-consuming work (e.g. compilation, weight/kv cache quantization).");
        }
    }

    private async Task DownloadAsync(CancellationToken cancel)
    {
        Each(worker => log.Info(worker.Tag, "gpu_model_runner.py:5420", $"Starting to load model {settings.Model}..."));
        log.Info(workers[0].Tag, "cuda.py:405", machine.Gpu.ComputeCapability.StartsWith('7') ? "Using TRITON_ATTN attention backend out of potential backends: ['TRITON_ATTN', 'FLEX_ATTENTION']" : "Using FLASH_ATTN attention backend out of potential backends: ['FLASH_ATTN', 'FLASHINFER', 'TRITON_ATTN', 'FLEX_ATTENTION']");
        if (model.IsHere || settings.DummyWeights) return;
        var seconds = model.WeightBytes / HubBytesPerSecond;
        await PassAsync(seconds, cancel).ConfigureAwait(false);
        log.Info(workers[0].Tag, "weight_utils.py:522", Text($"Time spent downloading weights for {settings.Model}: {seconds:0.000000} seconds"));
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        var shards = Math.Max(1, model.Shards);
        var seconds = settings.DummyWeights ? 1 : 1 + (model.WeightBytes / DiskBytesPerSecond);
        var began = Stopwatch.GetTimestamp();
        for (var shard = 0; shard <= shards; shard++)
        {
            if (!settings.DummyWeights)
            {
                var spent = machine.RigSeconds(Stopwatch.GetElapsedTime(began));
                log.Bar(workers[0].Tag, ProgressBar.Shards(shard, shards, spent), shard == shards);
            }

            Each(worker => worker.Hold(Math.Min(plan.Total, Context + (plan.Weights * shard / shards))));
            CheckRoom(shard, shards);
            if (shard < shards) await PassAsync(seconds / shards, cancel).ConfigureAwait(false);
        }

        Each(worker => log.Info(worker.Tag, "default_loader.py:397", Text($"Loading weights took {machine.RigSeconds(Stopwatch.GetElapsedTime(began)):0.00} seconds")));
    }

    private void CheckRoom(int shard, int shards)
    {
        var held = Context + (plan.Weights * shard / shards);
        var planted = machine.HasFault("OutOfMemory") && shard * 2 >= shards;
        if (held <= plan.Total && !planted) return;
        throw SettingsCheck.OutOfMemory(0, Math.Max(2L << 20, plan.Weights / Math.Max(1, model.Config.Layers) / 3), plan, planted ? plan.Total - (64 << 20) : plan.Total - (12 << 20));
    }

    private async Task<double> CompileAsync(CancellationToken cancel)
    {
        var layers = model.Config.Layers;
        if (machine.HasFault("DiskFull")) throw new VllmFailure($"OSError: [Errno 28] No space left on device: '{Path.Join(machine.Folder.Home, ".cache/vllm/torch_compile_cache")}'", FailurePlace.Worker);
        if (settings.Eager) return 0;
        var (dynamo, compile) = (2 + (0.18 * layers), 6 + (0.55 * layers));
        await PassAsync(dynamo, cancel).ConfigureAwait(false);
        Each(worker => log.Info(worker.Tag, "backends.py:394", Text($"Dynamo bytecode transform time: {dynamo:0.00} s")));
        await PassAsync(compile, cancel).ConfigureAwait(false);
        Each(worker => log.Info(worker.Tag, "backends.py:1156", Text($"Compiling a graph for compile range (1, {settings.MaxBatchedTokens}) takes {compile:0.00} s")));
        Each(worker => log.Info(worker.Tag, "monitor.py:20", Text($"torch.compile took {dynamo + compile:0.00} s in total")));
        return dynamo + compile;
    }

    private async Task ProfileAsync(CancellationToken cancel)
    {
        Each(worker => worker.Hold(Math.Min(plan.Total, Context + plan.Weights + plan.NonTorch + plan.Activation)));
        await PassAsync(6, cancel).ConfigureAwait(false);
        Each(worker => log.Info(worker.Tag, "monitor.py:82", "Initial profiling/warmup run took 5.61 s"));
        if (!settings.Eager)
        {
            log.Info(workers[0].Tag, "gpu_model_runner.py:6816", "Profiling CUDA graph memory: PIECEWISE=51 (largest=512), FULL=35 (largest=256)");
            Each(worker => log.Info(worker.Tag, "gpu_model_runner.py:6942", Text($"Estimated CUDA graph memory: {plan.Graphs / GiB:0.00} GiB total")));
        }

        Each(worker => log.Info(worker.Tag, "gpu_worker.py:579", Text($"Available KV cache memory: {plan.KvCache / GiB:0.00} GiB")));
        SettingsCheck.BeforeCache(settings, plan);
        Each(worker => worker.Hold(plan.Held));
        log.Info(engine, "kv_cache_utils.py:1876", Text($"GPU KV cache size: {plan.Tokens:N0} tokens, Maximum concurrency for {settings.MaxModelLen:N0} tokens per request: {plan.Concurrency:0.00}x"));
    }

    private async Task CaptureAsync(CancellationToken cancel)
    {
        if (settings.Eager) return;
        const int pieces = 35;
        var seconds = 4 + (0.3 * model.Config.Layers);
        for (var done = 0; done <= pieces; done += 5)
        {
            log.Bar(workers[0].Tag, ProgressBar.Of("Capturing CUDA graphs (mixed prefill-decode, PIECEWISE)", done, pieces, seconds * done / pieces), done == pieces);
            if (done < pieces) await PassAsync(seconds / 7, cancel).ConfigureAwait(false);
        }

        Each(worker => log.Info(worker.Tag, "gpu_model_runner.py:7124", Text($"Graph capturing finished in {seconds:0} secs, took {plan.Graphs * 0.9 / GiB:0.00} GiB")));
        Each(worker => log.Info(worker.Tag, "gpu_worker.py:742", Text($"Free memory on device cuda:0 ({(plan.Total - Context) / GiB:0.00}/{plan.Total / GiB:0.00} GiB) on startup. Desired GPU memory utilization is ({settings.Utilization}, {plan.Requested / GiB:0.00} GiB). Actual usage is {plan.Weights / GiB:0.00} GiB for weight, {plan.Activation / GiB:0.00} GiB for peak activation, {plan.NonTorch / GiB:0.00} GiB for non-torch memory, and {plan.Graphs * 0.9 / GiB:0.00} GiB for CUDAGraph memory. Replace gpu_memory_utilization config with `--kv-cache-memory={plan.KvCache}` to fit into requested memory.")));
    }

    private void Each(Action<Worker> act)
    {
        foreach (var worker in workers) act(worker);
    }

    private Task PassAsync(double seconds, CancellationToken cancel) => machine.PassAsync(seconds * _slowness, cancel);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
