using System.Buffers;

namespace LlmOps.Rigs;

/// <summary>A byte stream both ways whose two directions end apart, as TCP's do.</summary>
public abstract class DuplexStream : Stream
{
    private const int CarryBuffer = 64 * 1024;

    /// <summary>Tells the peer that nothing more will be written; reading goes on.</summary>
    /// <param name="cancel">Ends the wait.</param>
    public abstract ValueTask CompleteWritesAsync(CancellationToken cancel);

    /// <summary>Ends both directions at once, so that the peer sees a reset and not a clean end.</summary>
    public abstract void Abort();

    /// <summary>Carries everything that arrives to another stream, up to the end of file, which is left to the caller to pass on.</summary>
    /// <param name="to">Where the bytes go.</param>
    /// <param name="carried">Told of the bytes that were taken.</param>
    /// <exception cref="IOException">Either stream has broken.</exception>
    public virtual async Task CarryToAsync(DuplexStream to, Action<int> carried)
    {
        while (true)
        {
            // An idle stream holds no buffer: there may be a thousand of them.
            await WaitForDataAsync().ConfigureAwait(false);
            var buffer = ArrayPool<byte>.Shared.Rent(CarryBuffer);
            try
            {
                int read;
                do
                {
                    read = await ReadAsync(buffer.AsMemory(0, CarryBuffer), CancellationToken.None).ConfigureAwait(false);
                    if (read == 0) return;
                    await to.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None).ConfigureAwait(false);
                    carried(read);
                }
                while (read == CarryBuffer);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Returns when a read would return at once, where that can be waited for.</summary>
    protected virtual ValueTask WaitForDataAsync() => ValueTask.CompletedTask;
}
