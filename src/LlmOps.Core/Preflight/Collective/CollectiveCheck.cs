using System.Diagnostics;
using LlmOps.Diagnosis;
using LlmOps.Engines;
using LlmOps.Hub;

namespace LlmOps.Preflight.Collective;

/// <summary>Whether the GPUs can add up a vector together, in a bounded time: NCCL's own hang lasts ten minutes and says nothing.</summary>
internal sealed class CollectiveCheck : IRigCheck
{
    private const string AnyError = "nccl_error"; // its remedy is this check

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(12); // joining and adding up takes 2 to 5 s
    private static readonly TimeSpan All = TimeSpan.FromSeconds(57);

    private static readonly Dictionary<string, string> WithoutPeers = new() { ["NCCL_P2P_DISABLE"] = "1" };

    public string Name => "Collective";

    public bool IsCheap => false;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        if (survey.GpuCount == 0) return null;
        if (survey.GpuCount == 1) return Finding.Pass("One GPU: there is nothing to connect.", "one GPU");
        if (survey.Gpus.Count == 0) return null;
        var python = EngineEnvironment.Find(survey.Layout, survey.Wish.EngineVersion)?.Python ?? "python3";
        var began = Stopwatch.GetTimestamp();
        CollectiveOutcome outcome;
        try
        {
            outcome = await RunAsync(survey, python, [], Limit, cancel).ConfigureAwait(false);
        }
        catch (LlmOpsException absent)
        {
            return Finding.Warn($"It could not be tried: {absent.Message}", absent.ToString(), "Run Initialize-GpuRig: vLLM brings a Python with torch.");
        }

        var evidence = $"{python}, {survey.GpuCount} ranks, {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s\n{outcome.Evidence}";
        if (outcome.Succeeded) return Finding.Pass($"{survey.GpuCount} GPUs add up together{(outcome.BusBandwidth is { } rate ? $", {ByteText.Of(rate)}/s over each link" : "")}.", evidence);
        if (outcome.Ranks.Any(rank => rank.Said.Contains("No module named 'torch'", StringComparison.Ordinal)))
            return Finding.Warn("It could not be tried: there is no torch on the rig.", evidence, "Run Initialize-GpuRig: vLLM brings a Python with torch.");

        if (outcome.TimedOut && !outcome.Ranks.All(rank => rank.Reached("imported")))
            return Finding.Warn($"It could not be tried: torch was not loaded after {StartLimit.TotalSeconds:0} s.", evidence, "Run it again; the second time the files are in memory. Else the disk of the environment is very slow.");

        // Where reading each other's memory is what hangs, the same without it works: the remedy is then known and not guessed.
        var left = All - Stopwatch.GetElapsedTime(began);
        CollectiveOutcome? second = null;
        if (!outcome.IsWrong && outcome.Ranks.All(rank => rank.Reached("device")) && left > Limit)
        {
            second = await RunAsync(survey, python, WithoutPeers, left < Limit * 2 ? left - TimeSpan.FromSeconds(1) : Limit, cancel).ConfigureAwait(false);
            evidence += $"\n\nagain with NCCL_P2P_DISABLE=1\n{second.Evidence}";
        }

        return Finding.Fail(Seen(outcome, second), evidence, Remedy(outcome, second));
    }

    /// <summary>The verdict in a sentence.</summary>
    /// <param name="outcome">How it went.</param>
    /// <param name="second">How it went again without peer access; null if it was not tried.</param>
    internal static string Seen(CollectiveOutcome outcome, CollectiveOutcome? second)
    {
        var works = second?.Succeeded == true ? " With NCCL_P2P_DISABLE=1 it works." : "";
        if (outcome.IsWrong) return "The GPUs add up to a wrong sum: data are damaged on the way.";
        if (!outcome.TimedOut) return $"{Diagnose(outcome)?.Cause ?? "A process ended early."}{(outcome.Warning is { } warning ? $" NCCL says: {warning}." : "")} ({outcome.Standing}){works}";
        if (!outcome.Ranks.All(rank => rank.Reached("device"))) return $"A GPU does not open: after {StartLimit.TotalSeconds:0} s {outcome.Standing}.";
        var behind = outcome.Behind is { Count: > 0 } slow ? $" GPU {string.Join(", ", slow)} did not come along." : "";
        return $"NCCL hangs: after {Limit.TotalSeconds:0} s {outcome.Standing}.{behind}{works}";
    }

    /// <summary>What helps.</summary>
    /// <param name="outcome">How it went.</param>
    /// <param name="second">How it went again without peer access; null if it was not tried.</param>
    internal static string Remedy(CollectiveOutcome outcome, CollectiveOutcome? second)
    {
        if (second?.Succeeded == true)
            return "Start servers with -Environment @{ NCCL_P2P_DISABLE = '1' } -Argument '--disable-custom-all-reduce'; or switch IOMMU and ACS off in the firmware.";
        if (outcome.IsWrong) return "Start servers with -Environment @{ NCCL_P2P_DISABLE = '1' }, or switch IOMMU and ACS off in the firmware; then run Test-GpuRig -Collective again.";
        if (!outcome.TimedOut && Diagnose(outcome) is { Rule: not AnyError } known) return string.Join(' ', known.Remedy);
        var behind = outcome.Behind is { Count: > 0 } slow ? $"Leave GPU {string.Join(", ", slow)} out with -Environment @{{ CUDA_VISIBLE_DEVICES = '...' }}, or reset it. " : "";
        return behind + "Look at the evidence. In a container: --ipc=host and --shm-size 16g; with several network interfaces: NCCL_SOCKET_IFNAME=lo; else NCCL_CUMEM_HOST_ENABLE=0.";
    }

    private static Task<CollectiveOutcome> RunAsync(RigSurvey survey, string python, Dictionary<string, string> more, TimeSpan limit, CancellationToken cancel)
    {
        var environment = new Dictionary<string, string?>();
        foreach (var (name, value) in survey.Wish.Environment.Concat(more)) environment[name] = value;
        return new CollectiveRun(python, survey.GpuCount, environment, survey.Time).RunAsync(StartLimit, limit, cancel);
    }

    /// <summary>What the rules say of what the processes wrote.</summary>
    private static LlmDiagnosis? Diagnose(CollectiveOutcome outcome)
    {
        var search = new FailureSearch();
        foreach (var line in outcome.Ranks.SelectMany(rank => rank.Said.Split('\n'))) search.AddLine(line);
        return search.Conclude(ended: false);
    }
}
