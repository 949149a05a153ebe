using System.Text.Json.Serialization;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>A machine with GPUs that can be reached. What runs on it, the rig itself says; this is how to get there.</summary>
public sealed record GpuRig
{
    /// <summary>The name that cmdlets take.</summary>
    public required string Name { get; init; }

    /// <summary>How it is reached.</summary>
    public required RigKind Kind { get; init; }

    /// <summary>Its SSH server; null for this machine, and for a simulated rig without sshd.</summary>
    public SshDestination? Ssh { get; init; }

    /// <summary>What it pretends to be, or null for a real machine.</summary>
    public SimulatedRig? Simulation { get; init; }

    /// <summary>The folder that LlmOps keeps on the rig; null is <c>~/.llmops</c>, or <c>/workspace/llmops</c> where a volume is mounted there.</summary>
    public string? Root { get; init; }

    /// <summary>When it was attached.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The GPU model as last seen, or null.</summary>
    public string? Gpu { get; init; }

    /// <summary>The number of GPUs as last seen, or null.</summary>
    public int? GpuCount { get; init; }

    /// <summary>What it costs and what ends it, if LlmOps rented it; else null.</summary>
    public RigRental? Rental { get; init; }

    /// <summary>True for a rehearsal rig.</summary>
    [JsonIgnore]
    public bool IsSimulated => Kind == RigKind.Simulated;

    /// <summary>The name as views show it: a rehearsal rig says so.</summary>
    [JsonIgnore]
    public string Label => IsSimulated ? Name + RigLabel.Simulated : Name;

    /// <summary>The GPUs as last seen, such as <c>2 × NVIDIA A40</c>, or null.</summary>
    [JsonIgnore]
    public string? Gpus => Gpu is null ? null : GpuCount is null or 1 ? Gpu : $"{GpuCount} × {Gpu}";

    /// <summary>The rig's name.</summary>
    public override string ToString() => Name;
}
