namespace LlmOps.Renting;

/// <summary>How far the renting of a rig is.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Detail">What goes on, with the provider's own words where it has some.</param>
public sealed record RentalProgress(RentalStage Stage, string Detail);

/// <summary>The stages of renting a rig, in order.</summary>
public enum RentalStage
{
    /// <summary>A machine is asked for.</summary>
    Asking,

    /// <summary>The answer was lost: the machine is looked for by its name.</summary>
    Searching,

    /// <summary>The provider makes the machine and starts it.</summary>
    Starting,

    /// <summary>The machine runs; its SSH server is waited for.</summary>
    Reaching,

    /// <summary>The agent is put on it, and its guard is armed.</summary>
    Preparing,

    /// <summary>It can be used.</summary>
    Ready,

    /// <summary>It failed, and what there is of it is ended.</summary>
    Ending,
}
