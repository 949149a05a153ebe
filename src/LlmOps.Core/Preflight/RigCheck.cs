namespace LlmOps.Preflight;

/// <summary>The result of one check of a rig.</summary>
public sealed record RigCheck
{
    /// <summary>What was checked, such as <c>Driver</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What came of it.</summary>
    public required RigVerdict Verdict { get; init; }

    /// <summary>What was seen, one or two sentences.</summary>
    public required string Seen { get; init; }

    /// <summary>What helps, as far as possible a command that can be pasted; null where nothing is wrong.</summary>
    public string? Remedy { get; init; }

    /// <summary>What the verdict was made from, as the rig's programs and files say it.</summary>
    public required string Evidence { get; init; }

    /// <summary>Such as <c>Driver: Fail</c>.</summary>
    public override string ToString() => $"{Name}: {Verdict}";
}
