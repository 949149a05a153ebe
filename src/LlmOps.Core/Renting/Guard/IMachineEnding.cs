namespace LlmOps.Renting;

/// <summary>Ends the machine that this process runs on.</summary>
public interface IMachineEnding
{
    /// <summary>Lets what runs finish, for a short while.</summary>
    /// <param name="spec">What the guard is to do.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task DrainAsync(GuardSpec spec, CancellationToken cancel);

    /// <summary>Asks for the end once.</summary>
    /// <param name="spec">Which machine of which provider it is.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <returns>What was said.</returns>
    /// <exception cref="LlmOpsException">It was refused, or nobody answered.</exception>
    Task<string> EndAsync(GuardSpec spec, CancellationToken cancel);
}
