namespace LlmOps.Tunnels.Exposure;

/// <summary>What a port answers to a connection from outside.</summary>
public enum OutsideAnswer
{
    /// <summary>It was not tried: the rig is this machine, or reached through another host only.</summary>
    NotTried,

    /// <summary>It refused: nothing listens there for outsiders.</summary>
    Refused,

    /// <summary>Nothing came back: a firewall drops what is sent there.</summary>
    Silent,

    /// <summary>It accepted.</summary>
    Accepted,
}
