using System.Collections.Concurrent;
using LlmOps.Gpus;

namespace LlmOps.Providers;

/// <summary>Finds the usual name of a GPU that a provider calls in its own way.</summary>
internal static class GpuNaming
{
    private const long GiB = 1L << 30;
    private const int MostRemembered = 4096;

    private static readonly ConcurrentDictionary<(string, double?), (string, long?)> s_known = [];

    /// <summary>The usual name, and the memory of one GPU in bytes.</summary>
    /// <param name="name">The provider's name, such as <c>A100_80G</c>.</param>
    /// <param name="memoryGB">The memory that the provider names, or null.</param>
    public static (string Name, long? Memory) Of(string name, double? memoryGB)
    {
        // A catalogue of thousands of rows has some dozen names.
        if (s_known.TryGetValue((name, memoryGB), out var known)) return known;
        var found = Look(name, memoryGB);
        if (s_known.Count < MostRemembered) s_known[(name, memoryGB)] = found;
        return found;
    }

    private static (string Name, long? Memory) Look(string name, double? memoryGB)
    {
        // Some name the memory in the name as 80G.
        var text = name.Replace('_', ' ').Trim();
        if (text.EndsWith('G') && text.Length > 1 && char.IsDigit(text[^2])) text += "B";
        var spec = (memoryGB is { } known ? GpuCatalog.Find(FormattableString.Invariant($"{text} {known:0}GB")) : null) ?? GpuCatalog.Find(text);
        return (spec?.Name ?? name, (memoryGB ?? spec?.MemoryGB) is > 0 and < 1e6 and var size ? (long)(size * GiB) : null);
    }
}
