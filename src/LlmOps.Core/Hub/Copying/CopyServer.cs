using LlmOps.Protocol;

namespace LlmOps.Hub.Copying;

/// <summary>The agent's side of a copy: sends files of this machine's cache, or receives files into it, one after the other until its input ends.</summary>
public static class CopyServer
{
    /// <summary>Sends what is asked for.</summary>
    /// <param name="input">Brings a <see cref="CopyItem"/> a line.</param>
    /// <param name="output">Gets, for each, a line with the position and the bytes from there to the end of the file.</param>
    /// <param name="environment">Says where the cache is.</param>
    public static async Task SendAsync(Stream input, Stream output, HubEnvironment environment)
    {
        var wire = new CopyWire(input, output);
        await wire.WriteReadyAsync().ConfigureAwait(false);
        while (await wire.ReadAsync(CopyJson.Default.CopyItem, CancellationToken.None).ConfigureAwait(false) is { } item)
        {
            FileStream file;
            try
            {
                file = new CachedCopy(item.Request, environment).OpenRead(item);
            }
            catch (Exception refused) when (refused is LlmOpsException or IOException or UnauthorizedAccessException)
            {
                await ReplyAsync(wire, new CopyReply { Fault = AgentFault.From(refused) }).ConfigureAwait(false);
                continue;
            }

            await using var opened = file.ConfigureAwait(false);
            await ReplyAsync(wire, new CopyReply { Offset = item.Offset }).ConfigureAwait(false);
            await file.CopyToAsync(output, 512 * 1024).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Receives what is sent.</summary>
    /// <param name="input">Brings a <see cref="CopyItem"/> a line and, after the answer, the bytes from the position in the answer to the end of the file.</param>
    /// <param name="output">Gets the position from which the file is wanted, and that it is in its place.</param>
    /// <param name="environment">Says where the cache is.</param>
    public static async Task ReceiveAsync(Stream input, Stream output, HubEnvironment environment)
    {
        var wire = new CopyWire(input, output);
        await wire.WriteReadyAsync().ConfigureAwait(false);
        while (await wire.ReadAsync(CopyJson.Default.CopyItem, CancellationToken.None).ConfigureAwait(false) is { } item)
        {
            try
            {
                await FileReceiver.ReceiveAsync(new CachedCopy(item.Request, environment), item, async (offset, _) =>
                {
                    await ReplyAsync(wire, new CopyReply { Offset = offset }).ConfigureAwait(false);
                    return wire.Input;
                }, static _ => { }, CancellationToken.None).ConfigureAwait(false);
                await ReplyAsync(wire, new CopyReply { IsDone = true }).ConfigureAwait(false);
            }
            catch (RigConnectionLostException)
            {
                return;
            }
            catch (LlmOpsException failure)
            {
                // The rest of the file may be on its way still: only a new connection is in step again.
                await ReplyAsync(wire, new CopyReply { Fault = AgentFault.From(failure) }).ConfigureAwait(false);
                return;
            }
        }
    }

    private static Task ReplyAsync(CopyWire wire, CopyReply reply) => wire.WriteAsync(reply, CopyJson.Default.CopyReply, CancellationToken.None);
}
