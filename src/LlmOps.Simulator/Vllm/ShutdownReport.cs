using System.Diagnostics;

namespace LlmOps.Simulator.Vllm;

/// <summary>How vLLM ends when it is told to.</summary>
internal static class ShutdownReport
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Lets requests under way end, as long as the timeout allows.</summary>
    public static async Task DrainAsync(VllmLog log, string tag, string engine, EngineStats stats, TimeSpan timeout)
    {
        log.Info(tag, "launcher.py:112", "[shutdown] API server: shutdown triggered");
        if (timeout > TimeSpan.Zero) log.Info(engine, "core.py:1161", $"[shutdown] EngineCore: draining in-flight requests count={stats.Running}");
        var began = Stopwatch.GetTimestamp();
        while (stats.Running > 0 && Stopwatch.GetElapsedTime(began) < timeout) await Task.Delay(Poll).ConfigureAwait(false);
    }

    public static void Done(VllmLog log, string tag, string engine)
    {
        log.Info(engine, "multiproc_executor.py:455", "[shutdown] Executor: all workers exited gracefully");
        log.Plain(tag, $"INFO:     Shutting down\nINFO:     Waiting for application shutdown.\nINFO:     Application shutdown complete.\nINFO:     Finished server process [{Environment.ProcessId}]");
    }
}
