namespace LlmOps.Renting;

/// <summary>Looks whether a machine is used.</summary>
public interface IRigUseSensor
{
    /// <summary>Looks once.</summary>
    /// <param name="cancel">Ends the look.</param>
    Task<RigUse> ReadAsync(CancellationToken cancel);
}
