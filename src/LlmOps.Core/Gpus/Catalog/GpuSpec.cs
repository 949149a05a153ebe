using System.Text.Json.Serialization;

namespace LlmOps.Gpus;

/// <summary>A GPU model: what it is sold as, what an engine can use of it, and what runs on it.</summary>
public sealed record GpuSpec
{
    /// <summary>The short name, such as <c>A40</c> or <c>RTX 6000 Ada</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name that the driver shows, such as <c>NVIDIA A40</c>.</summary>
    public required string FullName { get; init; }

    /// <summary>What else people and providers write for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Who makes it.</summary>
    public required GpuVendor Vendor { get; init; }

    /// <summary>The memory as it is sold, in GB; null where a name does not say it (Apple), unless it was asked for with it: <c>M4 Max 64GB</c>.</summary>
    public double? MemoryGB { get; init; }

    /// <summary>
    /// The total that CUDA reports and an engine counts from, in GiB. It is less than what is sold: the driver, and error correction where GDDR has it, take their part.
    /// Where it has not been seen in a log it is worked out from cards of the same kind; see <see cref="IsUsableMeasured"/>.
    /// </summary>
    public double? UsableGiB { get; init; }

    /// <summary>True if <see cref="UsableGiB"/> was read in an engine's log.</summary>
    public bool IsUsableMeasured { get; init; }

    /// <summary>The architecture, such as <c>Ampere</c> or <c>gfx942</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>CUDA's compute capability, such as 8.6; null for what has none.</summary>
    public Version? ComputeCapability { get; init; }

    /// <summary>The memory bandwidth in 10⁹ bytes a second; null where no source gives it.</summary>
    public double? BandwidthGBs { get; init; }

    /// <summary>Where the bandwidth is from, or null.</summary>
    public string? BandwidthSource { get; init; }

    /// <summary>True if it computes in bfloat16.</summary>
    [JsonPropertyName("bf16")]
    public bool HasBFloat16 { get; init; }

    /// <summary>How it deals with FP8.</summary>
    public LowPrecision Fp8 { get; init; }

    /// <summary>How it deals with FP4 (NVFP4, MXFP4).</summary>
    public LowPrecision Fp4 { get; init; }

    /// <summary>How such GPUs are linked to each other, or null where nothing is known.</summary>
    public string? Link { get; init; }

    /// <summary>The bandwidth of that link in 10⁹ bytes a second, where a source gives it.</summary>
    public double? LinkGBs { get; init; }

    /// <summary>True if the processor shares the memory.</summary>
    public bool IsUnified { get; init; }

    /// <summary>What else must be known, or null.</summary>
    public string? Note { get; init; }

    /// <summary>What nvidia-smi shows of it, where that has been seen.</summary>
    [JsonInclude]
    internal SmiFigures? Smi { get; init; }

    /// <summary>Which engines run on it, and why others do not.</summary>
    [JsonIgnore]
    public IReadOnlyList<GpuSupport> Engines => GpuSupportRules.Engines(this);

    /// <summary>Which quantizations vLLM runs on it, and why not the others.</summary>
    [JsonIgnore]
    public IReadOnlyList<GpuSupport> Quantizations => GpuSupportRules.Quantizations(this);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
