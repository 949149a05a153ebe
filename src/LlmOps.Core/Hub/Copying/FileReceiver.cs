namespace LlmOps.Hub.Copying;

/// <summary>
/// Puts one file into the cache from a stream: goes on where an earlier attempt ended, hashes what comes, and puts it in its place when the
/// hash is right. It holds the file's lock meanwhile.
/// </summary>
internal static class FileReceiver
{
    /// <summary>How long the other side may send nothing.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);

    private const int BufferSize = 512 * 1024;
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>Receives a file.</summary>
    /// <param name="cached">Where it goes.</param>
    /// <param name="item">The file.</param>
    /// <param name="open">Opens the source at a position. The stream is the source's to close.</param>
    /// <param name="received">Told how many bytes came; those that were here already are not counted.</param>
    /// <param name="cancel">Stops it; what has arrived is kept.</param>
    /// <exception cref="LlmOpsException"><c>CopyDamaged</c>, <c>DiskFull</c>, <c>ModelFolderNotWritable</c>, <c>RigConnectionLost</c>.</exception>
    public static async Task ReceiveAsync(CachedCopy cached, CopyItem item, Func<long, CancellationToken, Task<Stream>> open, Action<long> received, CancellationToken cancel)
    {
        var store = cached.Store;
        cached.Plan(new CopyListing(item.Commit, [item.File], null, null), null); // refuses what would lead elsewhere
        try
        {
            store.Begin();
            FileStream? held;
            while ((held = FileLock.TryTake(store.LockPath(item.File))) is null) await Task.Delay(LockPoll, cancel).ConfigureAwait(false);
            await using var release = held.ConfigureAwait(false);
            if (store.Find(item.Commit, item.File) == FilePresence.Present)
            {
                store.Adopt(item.Commit, item.File);
                return;
            }

            await FillAsync(store.CopyPath(item.File), item.File, open, received, cancel).ConfigureAwait(false);
            store.Install(item.Commit, item.File, store.CopyPath(item.File));
        }
        catch (IOException full) when (DiskSpace.IsFull(full))
        {
            throw HubErrors.DiskFull(store.Folder, item.File.Size, DiskSpace.Free(store.Folder) ?? 0);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw HubErrors.FolderNotWritable(store.Folder, refused);
        }
    }

    private static async Task FillAsync(string path, HubFile file, Func<long, CancellationToken, Task<Stream>> open, Action<long> received, CancellationToken cancel)
    {
        var data = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0, FileOptions.Asynchronous);
        await using (data.ConfigureAwait(false))
        {
            if (data.Length > file.Size) data.SetLength(0);
            while (true)
            {
                var begin = data.Length;
                using var digest = new ContentDigest(file);
                var buffer = new byte[BufferSize];
                data.Position = 0;
                for (int count; (count = await data.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;) digest.Append(buffer.AsSpan(0, count));
                if (begin < file.Size)
                {
                    var source = await open(begin, cancel).ConfigureAwait(false);
                    for (var left = file.Size - begin; left > 0;)
                    {
                        var count = await ReadAsync(source, buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancel).ConfigureAwait(false);
                        digest.Append(buffer.AsSpan(0, count));
                        await data.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None).ConfigureAwait(false);
                        received(count);
                        left -= count;
                    }
                }

                if (digest.Finish() == file.ETag) break;
                data.SetLength(0);
                // What an earlier attempt left may have been damaged, by a loss of power say; the whole was sent only if it began at nothing.
                if (begin == 0) throw CopyErrors.Damaged(file);
            }

            data.Flush(flushToDisk: true);
        }
    }

    /// <summary>Reads some bytes of what another machine sends.</summary>
    /// <exception cref="RigConnectionLostException">It ended, or was silent for too long.</exception>
    public static async Task<int> ReadAsync(Stream source, Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            var count = await source.ReadAsync(buffer, cancel).AsTask().WaitAsync(Silence, cancel).ConfigureAwait(false);
            return count > 0 ? count : throw RigErrors.ConnectionLost("source");
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or TimeoutException)
        {
            throw RigErrors.ConnectionLost("source", broken);
        }
    }
}
