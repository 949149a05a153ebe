namespace LlmOps.Tunnels;

/// <summary>Where in its life a tunnel is.</summary>
public enum TunnelState
{
    /// <summary>Its link to the rig stands.</summary>
    Open,

    /// <summary>Its link was lost and is being made anew; the local ports stay bound and new connections wait.</summary>
    Reconnecting,

    /// <summary>It was removed.</summary>
    Closed,
}
