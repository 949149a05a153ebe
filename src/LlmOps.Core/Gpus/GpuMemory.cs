using System.Globalization;
using System.Text.Json.Serialization;
using LlmOps.Rigs;

namespace LlmOps.Gpus;

/// <summary>One GPU at a moment: its memory, how busy, how warm and how hungry it is, and who uses it. What the tool on the rig does not say is null.</summary>
public sealed record GpuMemory
{
    /// <summary>The rig that the GPU is in; null where it was read on this machine without a rig.</summary>
    [JsonIgnore]
    public GpuRig? Rig { get; init; }

    /// <summary>The number of the GPU on its rig, from 0, as <c>nvidia-smi</c> and <c>amd-smi</c> count.</summary>
    public required int Index { get; init; }

    /// <summary>The product's name, such as <c>NVIDIA H200</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The GPU's own identifier, such as <c>GPU-5a42a730-3b10-43c7-c5fd-7180830df355</c>.</summary>
    public string? Uuid { get; init; }

    /// <summary>Memory in use, in bytes.</summary>
    public long? Used { get; init; }

    /// <summary>Memory that is free, in bytes. Less than <see cref="Total"/> − <see cref="Used"/> by what the driver keeps for itself.</summary>
    public long? Free { get; init; }

    /// <summary>All memory, in bytes.</summary>
    public long? Total { get; init; }

    /// <summary>True where GPU and CPU share one memory (GB10, Jetson): then the three figures are the whole system's.</summary>
    public bool UnifiedMemory { get; init; }

    /// <summary>The share of the last moment in which the GPU worked at all, 0 to 100 percent; null with MIG.</summary>
    public int? Utilization { get; init; }

    /// <summary>The temperature of the core in °C; on AMD the hottest point where that is what the tool says.</summary>
    public int? Temperature { get; init; }

    /// <summary>The power that it draws, in watts.</summary>
    public double? PowerDraw { get; init; }

    /// <summary>The power that it may draw, in watts.</summary>
    public double? PowerLimit { get; init; }

    /// <summary>The processes that compute on it, as far as the tool can see them: from inside a container usually none of the others'.</summary>
    public IReadOnlyList<GpuProcess> Processes { get; init; } = [];

    /// <summary>The parts it is divided into (Multi-Instance GPU); empty if it is whole.</summary>
    public IReadOnlyList<MigInstance> MigInstances { get; init; } = [];

    /// <summary>When it was read, by the rig's clock.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Such as <c>GPU 0 NVIDIA H200: 36.5 of 140.4 GiB</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"GPU {Index} {Name}: {InGiB(Used)} of {InGiB(Total)} GiB");

    private static string InGiB(long? bytes) => bytes is { } known ? (known / (double)(1L << 30)).ToString("0.0", CultureInfo.InvariantCulture) : "?";
}
