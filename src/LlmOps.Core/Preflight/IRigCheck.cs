namespace LlmOps.Preflight;

/// <summary>One check of the machine that it runs on.</summary>
internal interface IRigCheck
{
    /// <summary>What it checks, one word.</summary>
    string Name { get; }

    /// <summary>True if it takes a moment and uses neither network nor GPUs.</summary>
    bool IsCheap { get; }

    /// <summary>Makes the check.</summary>
    /// <param name="survey">What was read of the machine, and what it is checked for.</param>
    /// <param name="cancel">Ends it, and the programs that it asks.</param>
    /// <returns>The finding; null where it does not apply, or where another check says already why it can't be made.</returns>
    Task<Finding?> RunAsync(RigSurvey survey, CancellationToken cancel);
}
