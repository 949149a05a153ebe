namespace LlmOps.Renting;

/// <summary>What can happen to a rental, in the order in which it does.</summary>
public enum RentalEvent
{
    /// <summary>A machine is about to be asked for. Nothing is asked before this is on the disk.</summary>
    Intended,

    /// <summary>The provider has given it an id.</summary>
    Created,

    /// <summary>Its SSH server answers and its ends are armed.</summary>
    Ready,

    /// <summary>Its limits, its price or its ends are others now.</summary>
    Changed,

    /// <summary>It was stopped; what is kept of it may go on billing.</summary>
    Stopped,

    /// <summary>It was started again.</summary>
    Started,

    /// <summary>Its end is wanted. It stays so until the provider has twice said that it is gone.</summary>
    Terminating,

    /// <summary>It is gone, or was never made.</summary>
    Gone,
}
