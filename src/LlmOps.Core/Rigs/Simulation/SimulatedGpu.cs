using LlmOps.Gpus;

namespace LlmOps.Rigs.Simulation;

/// <summary>A card that a rehearsal rig pretends to have, with the figures that nvidia-smi shows of the real one; what nobody has seen is worked out from its kind.</summary>
public sealed class SimulatedGpu
{
    private const double DefaultBandwidthGBs = 500;

    private SimulatedGpu(GpuSpec spec)
    {
        Spec = spec;
        var usableMiB = (int)Math.Round(spec.UsableGiB!.Value * 1024);
        if (spec.Smi is { } seen)
        {
            (MemoryMiB, ReservedMiB, PowerLimitWatts, IdleWatts) = (seen.MemoryMiB, seen.ReservedMiB, seen.PowerLimitWatts, seen.IdleWatts);
            (DeviceId, Link, PcieGen, Ecc) = (seen.DeviceId, seen.Link, seen.PcieGen, seen.Ecc);
            return;
        }

        ReservedMiB = 128 + (usableMiB / 100);
        MemoryMiB = usableMiB + ReservedMiB;
        (PowerLimitWatts, IdleWatts, DeviceId) = (300, 30, "000010DE");
        Link = spec.Link == "NVLink" ? "NV18" : "PHB";
        PcieGen = spec.ComputeCapability switch { { Major: >= 9 } => 5, { Major: 8 } => 4, _ => 3 };
        Ecc = !spec.FullName.Contains("GeForce", StringComparison.Ordinal) && !spec.FullName.Contains("TITAN", StringComparison.Ordinal);
    }

    /// <summary>What the catalogue says of it.</summary>
    public GpuSpec Spec { get; }

    /// <summary>The name as nvidia-smi prints it, such as <c>NVIDIA A40</c>.</summary>
    public string Name => Spec.FullName;

    /// <summary>nvidia-smi's <c>memory.total</c> in MiB.</summary>
    public int MemoryMiB { get; }

    /// <summary>nvidia-smi's <c>memory.reserved</c> in MiB; CUDA's total is what is left.</summary>
    public int ReservedMiB { get; }

    /// <summary>The compute capability, such as <c>8.6</c>.</summary>
    public string ComputeCapability => Spec.ComputeCapability!.ToString();

    /// <summary>The power limit in watts.</summary>
    public int PowerLimitWatts { get; }

    /// <summary>What it draws when nothing runs, in watts.</summary>
    public int IdleWatts { get; }

    /// <summary>The memory bandwidth in 10⁹ bytes a second.</summary>
    public double BandwidthGBs => Spec.BandwidthGBs ?? DefaultBandwidthGBs;

    /// <summary>The architecture as nvidia-smi names it, such as <c>Ampere</c>.</summary>
    public string Architecture => Spec.Architecture switch { "Ada" => "Ada Lovelace", "Blackwell Ultra" => "Blackwell", var other => other };

    /// <summary>The PCI device and vendor id, such as <c>223510DE</c>.</summary>
    public string DeviceId { get; }

    /// <summary>How two of them are linked, in the words of <c>nvidia-smi topo -m</c>.</summary>
    public string Link { get; }

    /// <summary>The PCI Express generation.</summary>
    public int PcieGen { get; }

    /// <summary>True where the memory has error correction.</summary>
    public bool Ecc { get; }

    /// <summary>Whether the simulator can pretend to have it: it plays machines with NVIDIA's driver.</summary>
    /// <param name="spec">The GPU model.</param>
    public static bool CanBe(GpuSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec is { Vendor: GpuVendor.Nvidia, UsableGiB: not null };
    }

    /// <summary>The card of that name.</summary>
    /// <param name="name">As people, providers or drivers write it.</param>
    /// <exception cref="LlmOpsException"><c>SimulatedGpuUnknown</c>.</exception>
    public static SimulatedGpu Of(string name) => GpuCatalog.Find(name) is { } spec && CanBe(spec) ? new SimulatedGpu(spec) : throw SimulatorErrors.GpuUnknown(name);
}
