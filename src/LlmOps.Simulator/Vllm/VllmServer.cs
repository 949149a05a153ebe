using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LlmOps.Simulator.Http;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Vllm;

/// <summary>One run of <c>vllm serve</c>: start, service, end.</summary>
internal sealed class VllmServer(SimulatedMachine machine, ServeArguments arguments, string version, TextWriter output)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly VllmLog _log = new(output);
    private readonly string _tag = VllmLog.Tag("APIServer", Environment.ProcessId);
    private readonly List<Worker> _processes = [];

    public async Task<int> RunAsync()
    {
        using var stop = new CancellationTokenSource();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { signal.Cancel = true; stop.Cancel(); });
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => { signal.Cancel = true; stop.Cancel(); });
        using var gone = new Timer(_ => { if (!machine.Folder.Exists) stop.Cancel(); }, null, 1000, 1000);
        var code = 0;
        try
        {
            code = await ServeAsync(stop.Token).ConfigureAwait(false);
        }
        catch (VllmFailure failure)
        {
            FailureReport.Write(_log, _tag, failure, _processes);
            code = 1;
        }
        catch (OperationCanceledException)
        {
            code = 143; // ended while it started
        }

        await EndProcessesAsync().ConfigureAwait(false);
        return code;
    }

    private async Task<int> ServeAsync(CancellationToken stop)
    {
        await machine.PassAsync(9, stop).ConfigureAwait(false); // Python imports
        StartBanner.Write(_log, _tag, version, arguments);
        var model = ModelFiles.Find(arguments.Model, arguments, machine);
        var settings = ServeSettings.Make(arguments, model.Config, machine.Gpu);
        var handler = new LateHandler();
        using var http = Listen(settings, handler.HandleAsync);
        SettingsCheck.BeforeEngine(settings, arguments, model, machine);
        await machine.PassAsync(4, stop).ConfigureAwait(false);
        settings = Announce(settings, model);
        var plan = new MemoryPlan(model, settings, machine.Gpu);
        if (settings.AutoFit && plan.LongestContext() is var longest && longest < settings.MaxModelLen && longest > 0)
        {
            _log.Info(_tag, "kv_cache_utils.py:2038", $"Auto-fit max_model_len: reduced from {settings.MaxModelLen} to {longest} to fit in available GPU memory ({plan.KvCache / (double)(1L << 30):0.00} GiB available for KV cache)");
            settings = settings with { MaxModelLen = longest };
            plan = new MemoryPlan(model, settings, machine.Gpu);
        }

        var engine = StartEngine(settings);
        var workers = settings.TensorParallel > 1 ? [.. _processes.Skip(1)] : (IReadOnlyList<Worker>)_processes;
        await OrWorkerDeath(new EngineStart(machine, _log, settings, model, plan, version, workers, engine).RunAsync(stop)).ConfigureAwait(false);
        if (machine.HasFault("NeverReady")) await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(false);
        var stats = new EngineStats(settings, plan, workers);
        using var log = new ThroughputLog(_log, _tag, stats);
        handler.Set(new ApiServer(machine, settings, model, stats, version, _log, _tag));
        AnnounceReady(settings);
        return await UntilEndAsync(http, settings, stats, stop).ConfigureAwait(false);
    }

    private HttpServer Listen(ServeSettings settings, Func<HttpExchange, CancellationToken, Task> handle)
    {
        try
        {
            // Real servers listen on all addresses unless told otherwise; a rehearsal never leaves this machine.
            var loopback = IPAddress.TryParse(settings.Host, out var address) && IPAddress.IsLoopback(address) ? address : IPAddress.Loopback;
            return new HttpServer(loopback, settings.Port, handle);
        }
        catch (SocketException taken)
        {
            throw new VllmFailure(taken.SocketErrorCode switch
            {
                SocketError.AccessDenied => "PermissionError: [Errno 13] Permission denied",
                SocketError.AddressNotAvailable => "OSError: [Errno 99] Cannot assign requested address",
                _ => "OSError: [Errno 98] Address already in use",
            }, FailurePlace.ApiServer);
        }
    }

    private ServeSettings Announce(ServeSettings settings, ModelFiles model)
    {
        _log.Info(_tag, "model.py:672", $"Resolved architecture: {model.Config.Architecture}");
        if (machine.Gpu.ComputeCapability[0] < '8' && machine.Gpu.ComputeCapability.Length == 3 && settings.DType == "bfloat16")
        {
            _log.Warning(_tag, "model.py:2003", $"Your device '{machine.Gpu.Name}' (with compute capability {machine.Gpu.ComputeCapability}) doesn't support torch.bfloat16. Falling back to torch.float16 for compatibility.");
            settings = settings with { DType = "float16" };
        }

        _log.Info(_tag, "model.py:1965", $"Using max model len {settings.MaxModelLen}");
        if (model.Config.Quantization is "awq" or "gptq")
            _log.Info(_tag, $"{model.Config.Quantization}_marlin.py:166", $"The model is convertible to {model.Config.Quantization}_marlin during runtime. Using {model.Config.Quantization}_marlin kernel.");
        _log.Info(_tag, "scheduler.py:231", $"Chunked prefill is enabled with max_num_batched_tokens={settings.MaxBatchedTokens}.");
        _log.Info(_tag, "vllm.py:747", "Asynchronous scheduling is enabled.");
        return settings;
    }

    /// <summary>Starts the engine's core and, for more than one GPU, a worker for each; returns the core's tag.</summary>
    private string StartEngine(ServeSettings settings)
    {
        var alone = settings.TensorParallel == 1;
        _processes.Add(Worker.Start("EngineCore", alone ? 0 : -1));
        if (!alone) _processes.AddRange(Enumerable.Range(0, settings.TensorParallel).Select(rank => Worker.Start($"Worker_TP{rank}", rank)));
        return _processes[0].Tag;
    }

    private async Task OrWorkerDeath(Task start)
    {
        var deaths = _processes.Select(process => process.Ended).ToList();
        if (await Task.WhenAny([start, .. deaths]).ConfigureAwait(false) != start) throw WorkerDied();
        await start.ConfigureAwait(false);
    }

    private VllmFailure WorkerDied()
    {
        var dead = _processes.FindIndex(process => process.Ended.IsCompleted);
        return new VllmFailure($"Worker proc VllmWorker-{Math.Max(0, dead - 1)} died unexpectedly (exit code: {_processes[dead].ExitCode}), shutting down executor.", FailurePlace.EngineCore);
    }

    private void AnnounceReady(ServeSettings settings)
    {
        _log.Info(_tag, "api_server.py:512", "Supported tasks: ['generate']");
        _log.Info(_tag, "api_server.py:548", $"Starting vLLM server on http://{settings.Host}:{settings.Port}");
        _log.Info(_tag, "launcher.py:51", "Available routes are:");
        foreach (var (path, methods) in ApiServer.Routes) _log.Info(_tag, "launcher.py:60", $"Route: {path}, Methods: {methods}");
        _log.Plain(_tag, $"INFO:     Started server process [{Environment.ProcessId}]\nINFO:     Waiting for application startup.\nINFO:     Application startup complete.");
    }

    private async Task<int> UntilEndAsync(HttpServer http, ServeSettings settings, EngineStats stats, CancellationToken stop)
    {
        using var end = new CancellationTokenSource();
        var serving = http.ServeAsync(end.Token);
        var crash = machine.Fault("CrashAfter") is { } fault ? Task.Delay(fault.After, end.Token) : Task.Delay(Timeout.Infinite, end.Token);
        var deaths = Task.WhenAny(_processes.Select(process => process.Ended));
        var first = await Task.WhenAny(Task.Delay(Timeout.Infinite, stop), crash, deaths).ConfigureAwait(false);
        if (first == crash || first == deaths)
        {
            if (first == crash) FailureReport.Crash(_log, _processes[0].Tag, _processes[^1].Tag);
            else _log.Error(_processes[0].Tag, "multiproc_executor.py:312", WorkerDied().Message);
            FailureReport.EngineDead(_log, _tag);
            await end.CancelAsync().ConfigureAwait(false);
            return 1;
        }

        await ShutdownReport.DrainAsync(_log, _tag, _processes[0].Tag, stats, settings.ShutdownTimeout).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await serving.ConfigureAwait(false);
        await machine.PassAsync(6, CancellationToken.None).ConfigureAwait(false); // workers let go of the GPUs
        await EndProcessesAsync().ConfigureAwait(false);
        ShutdownReport.Done(_log, _tag, _processes[0].Tag);
        return 0;
    }

    private async Task EndProcessesAsync()
    {
        foreach (var process in _processes) process.Terminate();
        var ended = Task.WhenAll(_processes.Select(process => process.Ended));
        if (await Task.WhenAny(ended, Task.Delay(EndLimit)).ConfigureAwait(false) != ended)
            foreach (var process in _processes) process.Kill();
    }
}
