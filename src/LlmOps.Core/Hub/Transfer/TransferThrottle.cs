namespace LlmOps.Hub;

/// <summary>Keeps all connections of a transfer together below a rate: each pays for what it has read by waiting.</summary>
/// <param name="bytesPerSecond">The rate; null is no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class TransferThrottle(long? bytesPerSecond, TimeProvider time)
{
    private const int ReadsPerSecond = 20;
    private const int SmallestRead = 1024;

    private readonly Lock _gate = new();
    private long _paidUntil = time.GetTimestamp();

    /// <summary>How many bytes a connection should read at once, so that the waits stay short.</summary>
    public int ReadSize(int buffer) => bytesPerSecond is { } rate ? (int)Math.Min(buffer, Math.Max(rate / ReadsPerSecond, SmallestRead)) : buffer;

    /// <summary>Waits until bytes that came were allowed to come.</summary>
    public ValueTask PayAsync(int bytes, CancellationToken cancel)
    {
        if (bytesPerSecond is not { } rate) return ValueTask.CompletedTask;
        TimeSpan wait;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            // What was not used in the past is not made up for.
            _paidUntil = Math.Max(_paidUntil, now) + (long)((double)bytes / rate * time.TimestampFrequency);
            wait = time.GetElapsedTime(now, _paidUntil);
        }

        return new ValueTask(Task.Delay(wait, time, cancel));
    }
}
