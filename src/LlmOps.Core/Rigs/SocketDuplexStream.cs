using System.Net.Sockets;

namespace LlmOps.Rigs;

/// <summary>A connected TCP socket as a stream whose two directions end apart.</summary>
/// <param name="socket">The socket; it belongs to the stream from now on.</param>
public sealed class SocketDuplexStream(Socket socket) : DuplexStream
{
    private static readonly LingerOption Reset = new(true, 0);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            throw new IOException(broken.Message, broken);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (buffer.Length > 0) buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            throw new IOException(broken.Message, broken);
        }
    }

    /// <summary>Sends what the system takes at once, which may be nothing. A broken connection takes nothing too: the next <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/> says so.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>How many were taken.</returns>
    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (socket.Blocking) socket.Blocking = false;
            var sent = socket.Send(bytes, SocketFlags.None, out var outcome);
            return outcome == SocketError.Success ? sent : 0;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override ValueTask CompleteWritesAsync(CancellationToken cancel)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The peer has gone already; the reading side finds out.
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        try
        {
            socket.LingerState = Reset;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Nothing is left to reset.
        }

        socket.Dispose();
    }

    /// <inheritdoc/>
    protected override async ValueTask WaitForDataAsync()
    {
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            throw new IOException(broken.Message, broken);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) socket.Dispose();
        base.Dispose(disposing);
    }
}
