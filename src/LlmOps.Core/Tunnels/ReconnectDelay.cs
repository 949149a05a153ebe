namespace LlmOps.Tunnels;

/// <summary>How long to wait before the next attempt to reconnect: doubling from a quarter of a second to ten seconds, with up to half of it left to chance so that many tunnels do not knock at once.</summary>
/// <param name="chance">Gives a number from 0 to 1.</param>
internal sealed class ReconnectDelay(Func<double> chance)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private TimeSpan _next = First;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var full = _next;
        _next = full * 2 < Longest ? full * 2 : Longest;
        return full * (1 - (chance() / 2));
    }
}
