namespace LlmOps.Rigs;

/// <summary>The facts of one GPU that do not change from moment to moment, and its links. What is not known is null.</summary>
public sealed record RigReportGpu
{
    /// <summary>Its number on the rig, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The product's name, such as <c>NVIDIA H200</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The GPU's own identifier.</summary>
    public string? Uuid { get; init; }

    /// <summary>The architecture's name, such as <c>Hopper</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>CUDA's compute capability, such as <c>9.0</c>.</summary>
    public string? ComputeCapability { get; init; }

    /// <summary>All its memory, in bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>The PCIe generation that the link runs at now; an idle GPU may have lowered it.</summary>
    public int? PcieGeneration { get; init; }

    /// <summary>The PCIe generation that GPU and slot can do.</summary>
    public int? PcieGenerationMax { get; init; }

    /// <summary>The PCIe lanes in use.</summary>
    public int? PcieWidth { get; init; }

    /// <summary>The PCIe lanes that GPU and slot can do.</summary>
    public int? PcieWidthMax { get; init; }

    /// <summary>True if memory errors are corrected.</summary>
    public bool? EccEnabled { get; init; }

    /// <summary>True if the GPU is divided into instances.</summary>
    public bool? MigEnabled { get; init; }

    /// <summary>The power that it may draw now, in watts.</summary>
    public double? PowerLimit { get; init; }

    /// <summary>The power that it may be allowed to draw at the most, in watts.</summary>
    public double? PowerLimitMax { get; init; }

    /// <summary>Why the GPU runs slower than it could at this moment, in the driver's words, such as <c>sw_power_cap</c>; empty if it does not.</summary>
    public IReadOnlyList<string> ThrottleReasons { get; init; } = [];

    /// <summary>How it is linked to the other GPUs.</summary>
    public IReadOnlyList<RigReportLink> Links { get; init; } = [];

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
