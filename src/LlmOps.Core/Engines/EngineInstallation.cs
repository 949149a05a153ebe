using LlmOps.Rigs;

namespace LlmOps.Engines;

/// <summary>An engine that is installed on a rig.</summary>
public sealed record EngineInstallation
{
    /// <summary>The engine, such as <c>vLLM</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>The build that fits the rig's driver, such as <c>cu130</c>.</summary>
    public required string Variant { get; init; }

    /// <summary>The folder of its Python environment on the rig.</summary>
    public required string Path { get; init; }

    /// <summary>The rig; the rig's own files do not name it, the workstation adds it.</summary>
    public GpuRig? Rig { get; init; }

    /// <summary>The engine and its version.</summary>
    public override string ToString() => $"{Engine} {Version}";
}
