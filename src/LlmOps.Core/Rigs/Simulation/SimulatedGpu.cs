namespace LlmOps.Rigs.Simulation;

/// <summary>A GPU model that a rehearsal rig can pretend to have, with the figures that nvidia-smi shows of the real card.</summary>
public sealed record SimulatedGpu
{
    /// <summary>The name as nvidia-smi prints it, such as <c>NVIDIA A40</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What people type for it, such as <c>A40</c>.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>nvidia-smi's <c>memory.total</c> in MiB.</summary>
    public required int MemoryMiB { get; init; }

    /// <summary>nvidia-smi's <c>memory.reserved</c> in MiB; CUDA's total is what is left.</summary>
    public required int ReservedMiB { get; init; }

    /// <summary>The compute capability, such as <c>8.6</c>.</summary>
    public required string ComputeCapability { get; init; }

    /// <summary>The power limit in watts.</summary>
    public required int PowerLimitWatts { get; init; }

    /// <summary>What it draws when nothing runs, in watts.</summary>
    public required int IdleWatts { get; init; }

    /// <summary>The memory bandwidth in 10⁹ bytes a second.</summary>
    public required int BandwidthGBs { get; init; }

    /// <summary>The architecture as nvidia-smi names it, such as <c>Ampere</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The PCI device and vendor id, such as <c>223510DE</c>.</summary>
    public required string DeviceId { get; init; }

    /// <summary>How two of them are linked, in the words of <c>nvidia-smi topo -m</c>.</summary>
    public required string Link { get; init; }

    /// <summary>The PCI Express generation.</summary>
    public required int PcieGen { get; init; }

    /// <summary>True where the memory has error correction.</summary>
    public required bool Ecc { get; init; }
}
