namespace LlmOps.Rigs;

/// <summary>What a rehearsal rig pretends to be.</summary>
public sealed record SimulatedRig
{
    /// <summary>The folder that is the rig: its HOME, its programs and its files.</summary>
    public required string Folder { get; init; }

    /// <summary>The GPU model, as nvidia-smi names it, such as <c>NVIDIA A40</c>.</summary>
    public required string Gpu { get; init; }

    /// <summary>How many of them.</summary>
    public required int GpuCount { get; init; }

    /// <summary>How many times faster than a real machine its clock runs.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>The faults that were planted, such as <c>OutOfMemory</c>.</summary>
    public IReadOnlyList<string> Fault { get; init; } = [];

    /// <summary>What it is, such as <c>2 × NVIDIA A40 at speed 60, failing by CrashAfter:30</c>.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{GpuCount} × {Gpu} at speed {Speed}") + (Fault.Count == 0 ? "" : ", failing by " + string.Join(", ", Fault));
}
