namespace LlmOps.Gpus;

/// <summary>What <c>nvidia-smi -q -x</c> says of one GPU; sizes in bytes, power in watts.</summary>
internal sealed record SmiLogGpu
{
    public required int Index { get; init; }

    public required string Name { get; init; }

    public string? Uuid { get; init; }

    public string? Architecture { get; init; }

    public long? Memory { get; init; }

    public int? PcieGeneration { get; init; }

    public int? PcieGenerationMax { get; init; }

    public int? PcieWidth { get; init; }

    public int? PcieWidthMax { get; init; }

    public bool? EccEnabled { get; init; }

    public bool? MigEnabled { get; init; }

    public double? PowerLimit { get; init; }

    public double? PowerLimitMax { get; init; }

    public IReadOnlyList<string> ThrottleReasons { get; init; } = [];

    public IReadOnlyList<MigInstance> MigInstances { get; init; } = [];

    public IReadOnlyList<GpuProcess> Processes { get; init; } = [];
}
