using System.Text.Json;
using System.Text.Json.Serialization;
using LlmOps.Rigs.Simulation;
using LlmOps.State;

namespace LlmOps.Simulator.Gpus;

/// <summary>What one process holds of one GPU. It counts as long as the process lives.</summary>
internal sealed record GpuHolding
{
    public required int Pid { get; init; }

    public required long Began { get; init; }

    public required string Name { get; init; }

    public required int Gpu { get; init; }

    public required long Bytes { get; init; }

    /// <summary>How busy it keeps the GPU, in percent.</summary>
    public int Utilization { get; init; }

    /// <summary>What this process holds.</summary>
    public static GpuHolding OfThisProcess(string name, int gpu, long bytes, int utilization) => new()
    {
        Pid = Environment.ProcessId,
        Began = ProcessIdentity.Of(Environment.ProcessId)!.Began,
        Name = name,
        Gpu = gpu,
        Bytes = bytes,
        Utilization = utilization,
    };

    /// <summary>All that is held on the rig now.</summary>
    public static IReadOnlyList<GpuHolding> All(SimulatedRigFolder folder) =>
        Directory.Exists(folder.GpuMemory)
            ? [.. Directory.EnumerateFiles(folder.GpuMemory, "*.json").Select(Read).OfType<GpuHolding>().Where(held => ProcessIdentity.Of(held.Pid)?.Began == held.Began)]
            : [];

    public void Write(SimulatedRigFolder folder) => AtomicFile.Write(PathOf(folder), JsonSerializer.SerializeToUtf8Bytes(this, GpuHoldingJson.Default.GpuHolding));

    public void Remove(SimulatedRigFolder folder) => File.Delete(PathOf(folder));

    private static GpuHolding? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), GpuHoldingJson.Default.GpuHolding);
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException)
        {
            return null;
        }
    }

    private string PathOf(SimulatedRigFolder folder) => Path.Join(folder.GpuMemory, $"{Pid}.json");
}

[JsonSerializable(typeof(GpuHolding))]
internal sealed partial class GpuHoldingJson : JsonSerializerContext;
