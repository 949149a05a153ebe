namespace LlmOps.Rigs;

/// <summary>Opens links to rigs of one kind.</summary>
public interface IRigLinkFactory
{
    /// <summary>Connects and authenticates.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="questions">Asks the person at the keyboard what only they know; null where nobody can be asked.</param>
    /// <param name="cancel">Ends the attempt.</param>
    Task<IRigLink> OpenAsync(GpuRig rig, IConnectQuestions? questions, CancellationToken cancel);
}
