using System.Diagnostics;

namespace LlmOps.Benchmarks.FanOut;

/// <summary>One reading of many rigs of which one is dead: when the last of the others answered, and when the dead one was given up.</summary>
/// <param name="session">The module.</param>
internal sealed class DeadRigRound(RigSession session)
{
    /// <summary>Reads; the dead rig is asked first.</summary>
    /// <param name="what">What is wrong with the dead rig.</param>
    /// <param name="dead">Its name.</param>
    /// <param name="others">The others' names.</param>
    public void Run(string what, string dead, IReadOnlyList<string> others)
    {
        var began = Stopwatch.GetTimestamp();
        var last = TimeSpan.Zero;
        var gpus = 0;
        var errors = session.Read([dead, .. others], _ =>
        {
            last = Stopwatch.GetElapsedTime(began);
            gpus++;
        });
        if (gpus != others.Count * FakeNvidiaSmi.Gpus || errors.Count != 1) throw new InvalidOperationException($"{gpus} GPUs and {errors.Count} errors: {string.Join("; ", errors)}");
        Console.WriteLine(FormattableString.Invariant(
            $"{what,-52} {last.TotalMilliseconds,8:0} ms   until the other {others.Count} had answered; given up after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s: {errors[0].FullyQualifiedErrorId.Split(',')[0]}"));
    }
}
