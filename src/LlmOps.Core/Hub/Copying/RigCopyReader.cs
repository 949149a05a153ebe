namespace LlmOps.Hub.Copying;

/// <summary>Reads files of a rig's cache.</summary>
internal sealed class RigCopyReader(RigCopyWire rig) : ICopyReader
{
    public Task<Stream> OpenAsync(CopyItem item, CancellationToken cancel) => rig.TalkAsync(async wire =>
    {
        await wire.WriteAsync(item, CopyJson.Default.CopyItem, cancel).ConfigureAwait(false);
        await rig.ReplyAsync(wire, cancel).ConfigureAwait(false);
        return wire.Input;
    }, cancel);

    public ValueTask DisposeAsync() => rig.DisposeAsync();
}
