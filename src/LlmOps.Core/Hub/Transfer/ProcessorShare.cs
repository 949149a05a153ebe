namespace LlmOps.Hub;

/// <summary>What part of the machine's processors this process takes.</summary>
internal sealed class ProcessorShare(TimeProvider time)
{
    private TimeSpan _used = Environment.CpuUsage.TotalTime;
    private long _since = time.GetTimestamp();

    /// <summary>The part since the last look, 0 to 1.</summary>
    public double Look()
    {
        var (used, now) = (Environment.CpuUsage.TotalTime, time.GetTimestamp());
        var share = (used - _used).TotalSeconds / Math.Max(time.GetElapsedTime(_since, now).TotalSeconds, 1e-3) / Environment.ProcessorCount;
        (_used, _since) = (used, now);
        return Math.Min(share, 1);
    }
}
