using System.Text.Json.Serialization;
using LlmOps.Preflight;

namespace LlmOps.Rigs;

/// <summary>The facts of a rig at a moment, and what the checks say of them. A fact that could not be read is null, and <see cref="Notes"/> says why. Sizes are in bytes.</summary>
public sealed record RigReport
{
    /// <summary>The rig; null where the facts were read on this machine without a rig.</summary>
    [JsonIgnore]
    public GpuRig? Rig { get; init; }

    /// <summary>The operating system's name and version, such as <c>Ubuntu 24.04.1 LTS</c>.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>The kernel's version, such as <c>6.8.0-45-generic</c>.</summary>
    public string? Kernel { get; init; }

    /// <summary>The processor architecture, such as <c>x64</c> or <c>arm64</c>.</summary>
    public string? Architecture { get; init; }

    /// <summary>The version of the GNU C library, such as <c>2.39</c>; decides which wheels run.</summary>
    public string? Glibc { get; init; }

    /// <summary>What the rig runs inside of, as far as it shows: <c>docker</c>, <c>kubernetes</c>, <c>podman</c>, <c>lxc</c>, <c>wsl</c>, the hypervisor's name; null for none that shows.</summary>
    public string? Virtualization { get; init; }

    /// <summary>The GPU driver's version, such as <c>580.159.04</c>.</summary>
    public string? DriverVersion { get; init; }

    /// <summary>The newest CUDA that the driver runs, such as <c>13.0</c>; null on AMD.</summary>
    public string? CudaVersion { get; init; }

    /// <summary>The GPUs; empty if there are none that can be read.</summary>
    public IReadOnlyList<RigReportGpu> Gpus { get; init; } = [];

    /// <summary>The processor's name.</summary>
    public string? Cpu { get; init; }

    /// <summary>The number of logical processors that may be used, after affinity and container limits.</summary>
    public int? CpuCount { get; init; }

    /// <summary>The machine's memory.</summary>
    public long? MemoryTotal { get; init; }

    /// <summary>The memory that new programs can have without swapping.</summary>
    public long? MemoryAvailable { get; init; }

    /// <summary>The memory that the container may use; null without such a limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The size of <c>/dev/shm</c>, through which the processes of one server talk; containers often have 64 MiB.</summary>
    public long? SharedMemory { get; init; }

    /// <summary>The folder that holds the models: the Hugging Face cache.</summary>
    public string? ModelFolder { get; init; }

    /// <summary>What is free on the volume of <see cref="ModelFolder"/>.</summary>
    public long? ModelDiskFree { get; init; }

    /// <summary>The size of the volume of <see cref="ModelFolder"/>.</summary>
    public long? ModelDiskTotal { get; init; }

    /// <summary>The folder that LlmOps keeps on the rig.</summary>
    public string? RootFolder { get; init; }

    /// <summary>What is free on the volume of <see cref="RootFolder"/>.</summary>
    public long? RootDiskFree { get; init; }

    /// <summary>How many files a program started by the agent may have open.</summary>
    public long? OpenFileLimit { get; init; }

    /// <summary>The programs that were looked for and are there, with their versions.</summary>
    public IReadOnlyList<RigReportTool> Tools { get; init; } = [];

    /// <summary>The Hugging Face Hub that the rig asks for models.</summary>
    public string? HubEndpoint { get; init; }

    /// <summary>The rig's time when the facts were read.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>How far the rig's clock is ahead of this workstation's, with the time that the question travelled; null where nobody compared.</summary>
    public TimeSpan? ClockDifference { get; init; }

    /// <summary>What was checked, each with a verdict, what was seen and what helps.</summary>
    public IReadOnlyList<RigCheck> Checks { get; init; } = [];

    /// <summary>The worst verdict of all checks.</summary>
    [JsonIgnore]
    public RigVerdict Verdict => Checks.Count == 0 ? RigVerdict.Pass : Checks.Max(check => check.Verdict);

    /// <summary>Why facts are missing, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Such as <c>mybox: 2x NVIDIA H200, driver 580.159.04</c>.</summary>
    public override string ToString() =>
        (Rig is null ? "" : Rig.Name + ": ") +
        (Gpus.Count == 0 ? "no GPU" : string.Join(", ", Gpus.GroupBy(gpu => gpu.Name).Select(same => $"{same.Count()}x {same.Key}"))) +
        (DriverVersion is null ? "" : ", driver " + DriverVersion);
}
