using LlmOps.Rigs;

namespace LlmOps.Ssh.Session;

/// <summary>A TCP connection made by the SSH server, as a stream. SSH knows no reset: <see cref="Abort"/> closes without an end of file.</summary>
/// <param name="channel">The direct-tcpip channel.</param>
internal sealed class ChannelStream(SshChannel channel) : DuplexStream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => channel.Output.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        channel.Output.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => channel.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        channel.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask CompleteWritesAsync(CancellationToken cancel)
    {
        channel.SendEof();
        return ValueTask.CompletedTask;
    }

    public override void Abort() => channel.Close();

    public override Task CarryToAsync(DuplexStream to, Action<int> carried) =>
        to is SocketDuplexStream socket ? channel.Output.CarryToAsync(socket, carried) : base.CarryToAsync(to, carried);

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        channel.SendEof();
        channel.Close();
        base.Dispose(disposing);
    }
}
