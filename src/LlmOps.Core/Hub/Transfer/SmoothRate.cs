namespace LlmOps.Hub;

/// <summary>A rate whose past counts the less the longer ago it is (an exponentially weighted mean), so that it follows changes and does not jump.</summary>
/// <param name="span">After this time the past counts for 1/e.</param>
internal sealed class SmoothRate(TimeSpan span)
{
    private double _amount;
    private double _seconds;

    /// <summary>The amount per second; 0 before the first measurement.</summary>
    public double Value => _seconds > 0 ? _amount / _seconds : 0;

    public void Add(double amount, TimeSpan time)
    {
        var decay = Math.Exp(-time / span);
        _amount = _amount * decay + amount;
        _seconds = _seconds * decay + time.TotalSeconds;
    }
}
