namespace LlmOps.Rigs;

/// <summary>What a command line did on a rig.</summary>
public sealed record RigCommandResult
{
    /// <summary>The rig.</summary>
    public required GpuRig Rig { get; init; }

    /// <summary>The command line.</summary>
    public required string Command { get; init; }

    /// <summary>Its exit code; 128 + the signal's number if a signal ended it.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The lines of its standard output.</summary>
    public required IReadOnlyList<string> Output { get; init; }

    /// <summary>The lines of its standard error.</summary>
    public required IReadOnlyList<string> ErrorOutput { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The standard output.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Output);
}
