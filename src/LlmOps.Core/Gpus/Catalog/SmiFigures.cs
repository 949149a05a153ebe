namespace LlmOps.Gpus;

/// <summary>What nvidia-smi shows of a card, where that has been seen.</summary>
public sealed record SmiFigures
{
    /// <summary><c>memory.total</c> in MiB.</summary>
    public required int MemoryMiB { get; init; }

    /// <summary><c>memory.reserved</c> in MiB; CUDA's total is what is left.</summary>
    public required int ReservedMiB { get; init; }

    /// <summary>The power limit in watts.</summary>
    public required int PowerLimitWatts { get; init; }

    /// <summary>What it draws when nothing runs, in watts.</summary>
    public required int IdleWatts { get; init; }

    /// <summary>The PCI device and vendor id, such as <c>223510DE</c>.</summary>
    public required string DeviceId { get; init; }

    /// <summary>How two of them are linked, in the words of <c>nvidia-smi topo -m</c>.</summary>
    public required string Link { get; init; }

    /// <summary>The PCI Express generation.</summary>
    public required int PcieGen { get; init; }

    /// <summary>True where the memory has error correction.</summary>
    public required bool Ecc { get; init; }
}
