namespace LlmOps.Processes;

/// <summary>How to start a process that can be ended as a whole.</summary>
public sealed record ProcessStart
{
    /// <summary>The program: a path, or a name looked up in PATH.</summary>
    public required string FileName { get; init; }

    /// <summary>Its arguments, without the program itself. Never a secret: everybody on the machine can read them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables to set (or, with null, to remove) on top of this process's environment.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The folder to start in; null is this process's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>A file that takes standard output and standard error, appended; null gives pipes.</summary>
    public string? LogFile { get; init; }

    /// <summary>True detaches it: a session of its own, no pipes; input and (without <see cref="LogFile"/>) output are <c>/dev/null</c>.</summary>
    public bool Detached { get; init; }
}
