using System.Globalization;
using LlmOps.Hub;
using LlmOps.Rigs.Facts;

namespace LlmOps.Preflight.Checks;

/// <summary>Whether the machine's own memory is enough for the engine's processes while they load.</summary>
internal sealed class MemoryCheck : IRigCheck
{
    // An estimate: an engine's process and one worker per GPU, each with torch and CUDA loaded.
    private const long Engine = 2L << 30;
    private const long Worker = 3L << 29;

    public string Name => "Memory";

    public bool IsCheap => true;

    public async Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel)
    {
        var run = await survey.AskAsync("free", ["-b"], cancel).ConfigureAwait(false);
        var available = Available(run?.Output) ?? Gpus.SystemMemory.Read().Available;
        if (available is not { } free) return null;
        var limit = SystemFacts.MemoryLimit(Read("/sys/fs/cgroup/memory.max") ?? Read("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
        var used = long.TryParse(Read("/sys/fs/cgroup/memory.current") ?? Read("/sys/fs/cgroup/memory/memory.usage_in_bytes"), CultureInfo.InvariantCulture, out var charged) ? charged : 0;
        if (limit is { } most) free = Math.Min(free, Math.Max(0, most - used));
        var needed = Engine + (Worker * Math.Max(1, survey.GpuCount));
        var evidence = $"$ free -b\n{run?.Output}\ncontainer limit {limit?.ToString(CultureInfo.InvariantCulture) ?? "none"}, used {used}\nestimated need {needed} (2 GiB, and 1.5 GiB for each of {survey.GpuCount} GPUs)";
        const string remedy = "End what holds it, give the container more memory (docker run --memory), or take a machine with more.";
        if (free < needed) return Finding.Fail($"{ByteText.Of(free)} of memory are available; the engine's processes need about {ByteText.Of(needed)} while they load.", evidence, remedy);
        return survey.Wish.ModelBytes is { } model && free < model
            ? Finding.Pass($"{ByteText.Of(free)} of memory are available: less than the model, so a restart reads it from disk again.", evidence)
            : Finding.Pass($"{ByteText.Of(free)} of memory are available.", evidence);
    }

    /// <summary>The last column of the line <c>Mem:</c> in what <c>free</c> (procps) prints.</summary>
    internal static long? Available(string? text) =>
        text?.Split('\n').FirstOrDefault(line => line.StartsWith("Mem:", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: >= 7 } fields
        && long.TryParse(fields[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    private static string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
