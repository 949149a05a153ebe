using LlmOps.Engines;
using LlmOps.Gpus;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether processes that are none of LlmOps's servers hold GPU memory; from inside a container they are seen by the memory alone.</summary>
internal sealed class ForeignProcessCheck : IRigCheck
{
    private const double VllmShare = 0.92; // vLLM's --gpu-memory-utilization: config/cache.py
    private const long Negligible = 512L << 20;

    public string Name => "ForeignProcess";

    public bool IsCheap => true;

    public Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        var gpus = survey.Memory.Where(gpu => gpu is { Used: not null, Total: > 0, UnifiedMemory: false }).ToList();
        if (gpus.Count == 0) return Task.FromResult<Finding?>(null);
        var ours = ServerProcesses.OfAllServers(survey.Layout);
        var held = gpus.Select(gpu => (Gpu: gpu, Foreign: ForeignOf(gpu, ours))).ToList();
        var evidence = string.Join('\n', held.Select(found =>
            $"{found.Gpu}, foreign {found.Foreign >> 20} MiB; processes: {string.Join(", ", found.Gpu.Processes.Select(process => $"{process} {process.Used >> 20} MiB{(IsForeign(process, ours) ? "" : " (LlmOps server)")}"))}"));
        var (worst, most) = held.MaxBy(found => found.Foreign);
        if (most < Negligible) return Finding.Pass("Nobody else holds GPU memory.", evidence).AsTask();
        var who = string.Join(", ", held.SelectMany(found => found.Gpu.Processes).Where(process => IsForeign(process, ours)).Select(process => process.ToString()).Distinct());
        var seen = $"{(who.Length > 0 ? who : "Somebody who can't be seen from here")} holds {most / (double)(1L << 30):0.0} GiB of GPU {worst.Index}.";
        var room = 1 - (most / (double)worst.Total!.Value);
        return (room < (survey.Wish.GpuMemoryUtilization ?? VllmShare)
            ? Finding.Fail(seen, evidence, $"End it, or take less: -GpuMemoryUtilization {Math.Floor(room * 95) / 100:0.00}, or choose other GPUs: -Environment @{{ CUDA_VISIBLE_DEVICES = '...' }}.")
            : Finding.Warn(seen, evidence, "End it, if the memory is needed: Get-GpuMemory shows who holds it.")).AsTask();
    }

    /// <summary>In a container the driver may name processes by ids of the host, which say nothing here: where servers of ours live, those are taken for theirs.</summary>
    private static bool IsForeign(GpuProcess process, HashSet<int> ours) => !ours.Contains(process.Pid) && (ours.Count == 0 || Directory.Exists($"/proc/{process.Pid}"));

    /// <summary>The memory that no server of ours holds: what foreign processes are said to hold, or what is used beyond all processes that are seen.</summary>
    private static long ForeignOf(GpuMemory gpu, HashSet<int> ours)
    {
        var foreign = gpu.Processes.Where(process => IsForeign(process, ours)).Sum(process => process.Used ?? 0);
        var unseen = gpu.Used!.Value - gpu.Processes.Sum(process => process.Used ?? 0);
        return ours.Count > 0 && gpu.Processes.Count == 0 ? foreign : Math.Max(foreign, foreign + unseen - Negligible);
    }
}
