namespace LlmOps.Tunnels.Exposure;

/// <summary>Whether outsiders can reach a port of a rig.</summary>
public enum ExposureVerdict
{
    /// <summary>They can't: whoever listens there listens to the rig itself only.</summary>
    Closed,

    /// <summary>Somebody listens for everybody, and only a firewall stands before it.</summary>
    Firewalled,

    /// <summary>They can: somebody listens for everybody, and a connection from here was accepted.</summary>
    Exposed,

    /// <summary>A connection from here was accepted, but by another machine or program than the rig's port: the address is shared or mapped.</summary>
    AnsweredByOthers,

    /// <summary>Nobody knows: somebody listens for everybody, and it was not tried from outside.</summary>
    Unknown,
}
