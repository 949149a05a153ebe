namespace LlmOps.Simulator.Vllm;

/// <summary>How vLLM reports that it failed: the exception where it happened, then the wrappers up to the API server.</summary>
internal static class FailureReport
{
    private const string Trace = "Traceback (most recent call last):";

    public static void Write(VllmLog log, string tag, VllmFailure failure, IReadOnlyList<Worker> processes)
    {
        if (failure.Place == FailurePlace.ApiServer)
        {
            log.Plain(tag, $"{Trace}\n  File \"vllm/entrypoints/cli/main.py\", line 73, in main\n    args.dispatch_function(args)\n  File \"vllm/entrypoints/cli/serve.py\", line 123, in cmd\n    uvloop.run(run_server(args))\n{failure.Message}");
            return;
        }

        var engine = processes[0].Tag;
        if (failure.Place == FailurePlace.Worker && processes.Count > 1)
        {
            foreach (var worker in processes.Skip(1))
                log.Error(worker.Tag, "multiproc_executor.py:941", $"WorkerProc failed to start.\n{Trace}\n  File \"vllm/v1/executor/multiproc_executor.py\", line 910, in worker_main\n    worker = WorkerProc(*args, **kwargs)\n{failure.Message}");
            log.Error(engine, "core.py:1104", $"EngineCore failed to start.\n{Trace}\n  File \"vllm/v1/engine/core.py\", line 1078, in run_engine_core\n    engine_core = EngineCoreProc(*args, engine_index=dp_rank, **kwargs)\nException: WorkerProc initialization failed due to an exception in a background process. See stack trace for root cause.");
        }
        else
        {
            log.Error(engine, "core.py:1104", $"EngineCore failed to start.\n{Trace}\n  File \"vllm/v1/engine/core.py\", line 1078, in run_engine_core\n    engine_core = EngineCoreProc(*args, engine_index=dp_rank, **kwargs)\n{failure.Message}");
        }

        log.Plain(tag, $"{Trace}\n  File \"vllm/entrypoints/cli/main.py\", line 73, in main\n    args.dispatch_function(args)\n  File \"vllm/v1/engine/utils.py\", line 1287, in wait_for_engine_startup\n    raise RuntimeError(\nRuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {{'EngineCore': 1}}");
    }

    /// <summary>A kernel that reads where it must not.</summary>
    public static void Crash(VllmLog log, string engine, string worker)
    {
        log.Error(worker, "multiproc_executor.py:982", $"WorkerProc hit an exception.\n{Trace}\n  File \"vllm/v1/worker/gpu_model_runner.py\", line 4210, in execute_model\n    model_output = self._model_forward(\ntorch.AcceleratorError: CUDA error: an illegal memory access was encountered");
        log.Error(engine, "core.py:1113", $"EngineCore encountered a fatal error.\n{Trace}\n  File \"vllm/v1/engine/core.py\", line 1087, in run_engine_core\n    engine_core.run_busy_loop()\nRuntimeError: Worker failed with error 'CUDA error: an illegal memory access was encountered', please check the stack trace above for the root cause");
    }

    public static void EngineDead(VllmLog log, string tag)
    {
        log.Error(tag, "async_llm.py:708", $"AsyncLLM output_handler failed.\n{Trace}\n  File \"vllm/v1/engine/async_llm.py\", line 659, in output_handler\n    outputs = await engine_core.get_output_async()\nvllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue. See stack trace (above) for the root cause.");
        log.Plain(tag, $"INFO:     Shutting down\nINFO:     Waiting for application shutdown.\nINFO:     Application shutdown complete.\nINFO:     Finished server process [{Environment.ProcessId}]");
    }
}
