namespace LlmOps.Renting;

/// <summary>How far a rental is, by the journal.</summary>
public enum RentalState
{
    /// <summary>A machine was about to be asked for; whether there is one, only the provider can tell.</summary>
    Intended,

    /// <summary>There is a machine; it is not ready yet.</summary>
    Created,

    /// <summary>It can be used.</summary>
    Ready,

    /// <summary>It is stopped and may be started again.</summary>
    Stopped,

    /// <summary>Its end is wanted, and the provider has not yet twice said that it is gone.</summary>
    Terminating,

    /// <summary>It is gone, or was never made.</summary>
    Gone,
}
