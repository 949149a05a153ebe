namespace LlmOps.Rigs;

/// <summary>A byte stream both ways whose two directions end apart, as TCP's do.</summary>
public abstract class DuplexStream : Stream
{
    /// <summary>Tells the peer that nothing more will be written; reading goes on.</summary>
    /// <param name="cancel">Ends the wait.</param>
    public abstract ValueTask CompleteWritesAsync(CancellationToken cancel);

    /// <summary>Ends both directions at once, so that the peer sees a reset and not a clean end.</summary>
    public abstract void Abort();
}
