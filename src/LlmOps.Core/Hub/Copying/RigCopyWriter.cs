namespace LlmOps.Hub.Copying;

/// <summary>Writes files into a rig's cache.</summary>
internal sealed class RigCopyWriter(RigCopyWire rig) : ICopyWriter
{
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    public Task WriteAsync(CopyItem item, Func<long, CancellationToken, Task<Stream>> open, Action<long> moved, CancellationToken cancel) => rig.TalkAsync(async wire =>
    {
        await wire.WriteAsync(item, CopyJson.Default.CopyItem, cancel).ConfigureAwait(false);
        for (CopyReply reply; (reply = await rig.ReplyAsync(wire, cancel).ConfigureAwait(false)) is { IsDone: false };)
        {
            var offset = reply.Offset ?? throw RigErrors.ConnectionLost(rig.Rig.Name);
            await SendAsync(wire, await open(offset, cancel).ConfigureAwait(false), item.File.Size - offset, moved, cancel).ConfigureAwait(false);
        }

        return true;
    }, cancel);

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private async Task SendAsync(CopyWire wire, Stream source, long left, Action<long> moved, CancellationToken cancel)
    {
        var buffer = new byte[512 * 1024];
        while (left > 0)
        {
            var count = await FileReceiver.ReadAsync(source, buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancel).ConfigureAwait(false);
            try
            {
                await wire.Output.WriteAsync(buffer.AsMemory(0, count), cancel).ConfigureAwait(false);
            }
            catch (Exception closed) when (closed is IOException or ObjectDisposedException)
            {
                // It may have said why: a full disk.
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(LastWord);
                await rig.ReplyAsync(wire, limit.Token).ConfigureAwait(false);
                throw;
            }

            moved(count);
            left -= count;
        }

        await wire.Output.FlushAsync(cancel).ConfigureAwait(false);
    }
}
