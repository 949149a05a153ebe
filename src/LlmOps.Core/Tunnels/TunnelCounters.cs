namespace LlmOps.Tunnels;

/// <summary>What has gone through a tunnel. Every figure may be read while others count.</summary>
internal sealed class TunnelCounters
{
    private long _accepted;
    private long _failed;
    private long _bytesIn;
    private long _bytesOut;
    private int _active;
    private int _reconnects;

    public long Accepted => Interlocked.Read(ref _accepted);

    public long Failed => Interlocked.Read(ref _failed);

    public int Active => Volatile.Read(ref _active);

    public long BytesIn => Interlocked.Read(ref _bytesIn);

    public long BytesOut => Interlocked.Read(ref _bytesOut);

    public int Reconnects => Volatile.Read(ref _reconnects);

    public void Opened()
    {
        Interlocked.Increment(ref _accepted);
        Interlocked.Increment(ref _active);
    }

    public void Ended(bool failed)
    {
        Interlocked.Decrement(ref _active);
        if (failed) Interlocked.Increment(ref _failed);
    }

    public void Received(int bytes) => Interlocked.Add(ref _bytesIn, bytes);

    public void Sent(int bytes) => Interlocked.Add(ref _bytesOut, bytes);

    public void Reconnected() => Interlocked.Increment(ref _reconnects);
}
