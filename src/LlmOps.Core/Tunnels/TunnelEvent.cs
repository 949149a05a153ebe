namespace LlmOps.Tunnels;

/// <summary>Something that happened to a tunnel.</summary>
/// <param name="At">When.</param>
/// <param name="State">The tunnel's state after it.</param>
/// <param name="Message">What happened, in a sentence.</param>
public sealed record TunnelEvent(DateTimeOffset At, TunnelState State, string Message)
{
    /// <summary>The time, the state and the message.</summary>
    public override string ToString() => $"{At.ToLocalTime():HH:mm:ss} {State}: {Message}";
}
