namespace LlmOps.Preflight;

/// <summary>What a rig is checked for.</summary>
public sealed record PreflightWish
{
    /// <summary>How many GPUs a server would use; null is all.</summary>
    public int? GpuCount { get; init; }

    /// <summary>The quantization that the model has, such as <c>awq</c>; null if that is not known.</summary>
    public string? Quantization { get; init; }

    /// <summary>The version of vLLM; null is the newest that is installed.</summary>
    public string? EngineVersion { get; init; }

    /// <summary>The model's id, or null.</summary>
    public string? Model { get; init; }

    /// <summary>The size of the model's files in bytes; null if that is not known.</summary>
    public long? ModelBytes { get; init; }

    /// <summary>How much of that is still to be fetched, in bytes; null if that is not known.</summary>
    public long? MissingBytes { get; init; }

    /// <summary>The share of each GPU's memory that a server would take, 0 to 1; null is vLLM's own.</summary>
    public double? GpuMemoryUtilization { get; init; }

    /// <summary>The variables that a server would have on top of the rig's.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The workstation's time when it asked; null where nobody compares clocks.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>True tries an all-reduce across the GPUs.</summary>
    public bool Collective { get; init; }

    /// <summary>True makes only the checks that take a moment and use neither network nor GPUs.</summary>
    public bool CheapOnly { get; init; }

    /// <summary>How far a clock is ahead of the workstation's, with the time that the question travelled; null where nobody compares. To be asked when the question arrives.</summary>
    /// <param name="time">The clock.</param>
    public TimeSpan? ClockDifference(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return time.GetUtcNow() - AskedAt;
    }
}
