using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmOps.Rigs.Simulation;

/// <summary>The GPU models that a rehearsal rig can pretend to have.</summary>
public static class SimulatedGpuCatalog
{
    private static readonly Lazy<IReadOnlyList<SimulatedGpu>> Gpus = new(Load);

    /// <summary>All models.</summary>
    public static IReadOnlyList<SimulatedGpu> All => Gpus.Value;

    /// <summary>The model of that name or alias, whatever the case and the spaces, or null.</summary>
    /// <param name="name">Such as <c>A40</c>, <c>NVIDIA A40</c> or <c>rtx-4090</c>.</param>
    public static SimulatedGpu? Find(string name)
    {
        var wanted = Bare(name);
        return All.FirstOrDefault(gpu => Bare(gpu.Name) == wanted || gpu.Aliases.Any(alias => Bare(alias) == wanted));
    }

    private static string Bare(string name)
    {
        var bare = string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        return bare.StartsWith("NVIDIA", StringComparison.Ordinal) ? bare["NVIDIA".Length..] : bare;
    }

    private static List<SimulatedGpu> Load()
    {
        using var resource = typeof(SimulatedGpuCatalog).Assembly.GetManifestResourceStream("simulated-gpus.json")!;
        return JsonSerializer.Deserialize(resource, SimulatedGpuJson.Default.ListSimulatedGpu)!;
    }
}

/// <summary>Reads the table of GPU models without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<SimulatedGpu>))]
internal sealed partial class SimulatedGpuJson : JsonSerializerContext;
