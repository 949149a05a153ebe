using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmOps.Gpus;

/// <summary>The GPU models that LlmOps knows: NVIDIA from Maxwell to Blackwell, AMD, Apple.</summary>
public static class GpuCatalog
{
    // Cards are sold with more than their drivers show: a B200 is offered with 180 and with 192 GB.
    private const double MemoryTolerance = 0.08;

    private static readonly Lazy<GpuCatalogData> Data = new(Load);
    private static readonly Lazy<ILookup<string, GpuSpec>> Keys = new(() => Index(keepForm: true));
    private static readonly Lazy<ILookup<string, GpuSpec>> FormlessKeys = new(() => Index(keepForm: false));

    /// <summary>All models.</summary>
    public static IReadOnlyList<GpuSpec> All => Data.Value.Gpus;

    /// <summary>What engines need of an NVIDIA GPU.</summary>
    public static IReadOnlyList<CapabilityMinimum> EngineMinimums => Data.Value.Engines;

    /// <summary>What vLLM's quantizations need of an NVIDIA GPU.</summary>
    public static IReadOnlyList<CapabilityMinimum> QuantizationMinimums => Data.Value.Quantizations;

    /// <summary>What an engine needs of an NVIDIA GPU.</summary>
    /// <param name="name">Such as <c>vLLM</c>.</param>
    public static CapabilityMinimum Engine(string name) => EngineMinimums.First(engine => engine.Name == name);

    /// <summary>
    /// The model that a name means, or null: <c>a40</c>, <c>rtx-4090</c>, <c>RTX 6000 Ada</c>, <c>NVIDIA A100-SXM4-80GB</c>, <c>NVIDIA A40-48Q</c>, <c>M4 Max 64GB</c>.
    /// Where cards of one name differ in memory and none is told, it is the common one. For a slice of a card, and for Apple silicon, the memory is that of the name.
    /// </summary>
    /// <param name="text">As a person, a provider or a driver writes it.</param>
    public static GpuSpec? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (All.FirstOrDefault(gpu => Names(gpu).Contains(text.Trim(), StringComparer.OrdinalIgnoreCase)) is { } named) return named;
        var name = GpuName.Parse(text);
        return Choose(name, Keys.Value[name.Key]) ?? (GpuName.Parse(text, keepForm: false) is var formless ? Choose(formless, FormlessKeys.Value[formless.Key]) : null);
    }

    /// <summary>The model that a name means.</summary>
    /// <param name="text">The name.</param>
    /// <exception cref="LlmOpsException"><c>GpuUnknown</c>, with the nearest names.</exception>
    public static GpuSpec Get(string text) => Find(text) ?? throw GpuErrors.Unknown(text, Nearest(text));

    /// <summary>The models of which a name matches a wildcard pattern, whatever the case.</summary>
    /// <param name="pattern">With <c>*</c> and <c>?</c>.</param>
    public static IEnumerable<GpuSpec> Match(string pattern) => All.Where(gpu => Names(gpu).Any(name => FileSystemName.MatchesSimpleExpression(pattern, name)));

    /// <summary>The names of the models that a wish means: a name without its memory stands for all sizes, and a wildcard pattern for all that match.</summary>
    /// <param name="wish">A name as a person writes it, or a pattern with <c>*</c> and <c>?</c>.</param>
    /// <exception cref="LlmOpsException"><c>GpuUnknown</c>, with the nearest names.</exception>
    public static IReadOnlyList<string> NamesMeant(string wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (!wish.AsSpan().ContainsAny('*', '?')) return [.. Match(wish + " *GB").Select(gpu => gpu.Name).Append(Get(wish).Name).Distinct()];
        var matching = Match(wish).Select(gpu => gpu.Name).ToList();
        return matching.Count > 0 ? matching : throw GpuErrors.Unknown(wish, Nearest(wish));
    }

    /// <summary>The names that look most like a text.</summary>
    /// <param name="text">A name that is not known.</param>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<string> Nearest(string text, int count = 3)
    {
        var wanted = Letters(text);
        return [.. All.Select(gpu => (gpu.Name, Distance: Names(gpu).Min(name => EditDistance.Between(wanted, Letters(name))))).OrderBy(item => item.Distance).Take(count).Select(item => item.Name)];
    }

    private static GpuSpec? Choose(GpuName name, IEnumerable<GpuSpec> candidates)
    {
        var all = candidates.ToList();
        if (all.Count == 0 || name.Key.Length == 0) return null;
        if (name.MemoryGB is not { } memory) return all[0];
        if (all.FirstOrDefault(gpu => gpu.MemoryGB is { } sold && Math.Abs(sold - memory) <= MemoryTolerance * sold) is { } exact) return exact;
        if (all.FirstOrDefault(gpu => name.IsSlice && gpu.MemoryGB > memory) is { } whole)
            return whole with { MemoryGB = memory, UsableGiB = whole.UsableGiB * memory / whole.MemoryGB, IsUsableMeasured = false };

        // Metal lets the GPU have two thirds to three quarters of the memory; the smaller share is the safe one.
        return all.FirstOrDefault(gpu => gpu.MemoryGB is null) is { } shared ? shared with { MemoryGB = memory, UsableGiB = memory * 2 / 3 } : null;
    }

    private static string Letters(string text) => string.Concat(text.ToUpperInvariant().Replace("NVIDIA", "", StringComparison.Ordinal).Where(char.IsAsciiLetterOrDigit));

    private static IEnumerable<string> Names(GpuSpec gpu) => [gpu.Name, gpu.FullName, .. gpu.Aliases];

    private static ILookup<string, GpuSpec> Index(bool keepForm) =>
        All.SelectMany(gpu => Names(gpu).Select(name => (Key: GpuName.Parse(name, keepForm).Key, Gpu: gpu)).DistinctBy(item => item.Key)).ToLookup(item => item.Key, item => item.Gpu, StringComparer.Ordinal);

    private static GpuCatalogData Load()
    {
        using var resource = typeof(GpuCatalog).Assembly.GetManifestResourceStream("gpus.json")!;
        return JsonSerializer.Deserialize(resource, GpuCatalogJson.Default.GpuCatalogData)!;
    }
}

/// <summary>The table as it lies in the assembly.</summary>
internal sealed record GpuCatalogData
{
    public required IReadOnlyList<CapabilityMinimum> Engines { get; init; }

    public required IReadOnlyList<CapabilityMinimum> Quantizations { get; init; }

    public required IReadOnlyList<GpuSpec> Gpus { get; init; }
}

/// <summary>Reads the table of GPU models without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(GpuCatalogData))]
internal sealed partial class GpuCatalogJson : JsonSerializerContext;
