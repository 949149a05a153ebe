using System.Globalization;
using LlmOps.Processes;

namespace LlmOps.Preflight.Collective;

/// <summary>How an all-reduce went.</summary>
/// <param name="Ranks">What each process did.</param>
/// <param name="TimedOut">True if it was ended because it took too long.</param>
internal sealed record CollectiveOutcome(IReadOnlyList<RankOutcome> Ranks, bool TimedOut)
{
    private const string WarningMark = "NCCL WARN ";

    /// <summary>True if every GPU has the right sum.</summary>
    public bool Succeeded => Ranks.All(rank => rank.Steps.Any(step => step is { Step: "reduced", Correct: true }) && rank.Reached("measured"));

    /// <summary>True if some GPU has a wrong sum.</summary>
    public bool IsWrong => Ranks.Any(rank => rank.Steps.Any(step => step.Correct == false));

    /// <summary>The rate at which each GPU's link was used, in bytes a second: the algorithm's bandwidth times 2(n-1)/n, as nccl-tests counts it (PERFORMANCE.md, bus bandwidth).</summary>
    public double? BusBandwidth =>
        Ranks.SelectMany(rank => rank.Steps).Where(step => step is { Bytes: > 0, Seconds: > 0 }).Select(step => (double?)(step.Bytes!.Value / step.Seconds!.Value)).Min() is { } rate
            ? rate * 2 * (Ranks.Count - 1) / Ranks.Count
            : null;

    /// <summary>The last steps, such as <c>rank 0 joined, rank 1 device</c>.</summary>
    public string Standing => string.Join(", ", Ranks.Select(rank => $"rank {rank.Rank} {rank.Steps.LastOrDefault()?.Step ?? "started"}"));

    /// <summary>The ranks that came least far, if not all came equally far.</summary>
    public IReadOnlyList<int> Behind =>
        Ranks.Select(rank => rank.Progress).Distinct().Count() > 1 ? [.. Ranks.Where(rank => rank.Progress == Ranks.Min(other => other.Progress)).Select(rank => rank.Rank)] : [];

    /// <summary>What NCCL itself warned of last, or null.</summary>
    public string? Warning => Ranks.SelectMany(rank => rank.Said.Split('\n')).Select(WarningIn).LastOrDefault(warning => warning is not null);

    public string Evidence => string.Join('\n', Ranks.Select(rank => string.Create(CultureInfo.InvariantCulture,
        $"rank {rank.Rank}: {(rank.Exit is { } exit ? $"exit code {exit.Code ?? 128 + exit.Signal}" : "was ended")}\n{rank.Said}")));

    public static CollectiveOutcome Of(IEnumerable<CollectiveRank> ranks, bool timedOut) =>
        new([.. ranks.Select(rank => new RankOutcome(rank.Rank, rank.Steps, rank.Said, rank.Ended.IsCompletedSuccessfully ? rank.Ended.Result : null))], timedOut);

    private static string? WarningIn(string line) => line.IndexOf(WarningMark, StringComparison.Ordinal) is >= 0 and var at ? line[(at + WarningMark.Length)..].Trim() : null;
}

/// <summary>What one process of an all-reduce did.</summary>
/// <param name="Rank">Its number.</param>
/// <param name="Steps">The steps that it has told.</param>
/// <param name="Said">What it wrote.</param>
/// <param name="Exit">How it ended by itself; null if it was ended.</param>
internal sealed record RankOutcome(int Rank, IReadOnlyList<CollectiveStep> Steps, string Said, ProcessExit? Exit)
{
    public int Progress => Steps.Count;

    public bool Reached(string step) => Steps.Any(done => done.Step == step);
}
