using System.Buffers;

namespace LlmOps.Hub;

/// <summary>One file on its way: asks for its ranges, hashes them in order as they arrive, and puts the file in its place when the hash is right.</summary>
internal sealed class FileTransfer : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private const long HashStep = 1024 * 1024;

    private readonly IModelStore _store;
    private readonly string _commit;
    private readonly TransferMeter _meter;

    public FileTransfer(IModelStore store, string commit, HubFile file, FileSource source, TransferMeter meter)
    {
        _store = store;
        _commit = commit;
        _meter = meter;
        File = file;
        Source = source;
        Partial = PartialFile.Open(file, store.PartialPath(file), store.StatePath(file));
        meter.Add(Partial.Received);
    }

    public HubFile File { get; }

    public FileSource Source { get; }

    /// <summary>Another way to the bytes than <see cref="Source"/>; null if there is none.</summary>
    public IRangeRoute? Route { get; init; }

    public PartialFile Partial { get; }

    /// <summary>Held by the one connection that reads the whole file from a server that knows no ranges.</summary>
    public SemaphoreSlim WholeBody { get; } = new(1);

    /// <summary>True once the server has shown that it knows no ranges.</summary>
    public bool IsWhole { get; set; }

    /// <summary>True if several connections can share the file. Plain files come in one piece: the Hub sends them whole, whatever range is asked for.</summary>
    public bool IsDivisible => File.IsLarge && !IsWhole;

    /// <summary>Compares a second copy with what is here, after the hash was wrong; else null.</summary>
    public FileMend? Mend { get; private set; }

    /// <summary>Completes when the file is in its place.</summary>
    /// <exception cref="LlmOpsException"><c>HubFileCorrupt</c>.</exception>
    public async Task RunAsync(RangeQueue queue, int attempts, CancellationToken cancel)
    {
        queue.Add(this, Partial.Missing);
        if (await HashAsync(cancel).ConfigureAwait(false) != File.ETag && !await MendAsync(queue, attempts, cancel).ConfigureAwait(false))
        {
            _meter.Add(-Partial.Received);
            Partial.Discard();
            throw HubErrors.FileCorrupt(File);
        }

        await queue.WithdrawAsync(this).ConfigureAwait(false);
        await Partial.FlushAsync(cancel).ConfigureAwait(false);
        Partial.Finish();
        _store.Install(_commit, File, Partial.Path);
        _meter.FinishFile();
    }

    /// <summary>Takes bytes that arrived, and returns how many of them were missing.</summary>
    public long Deliver(long offset, ReadOnlySpan<byte> data)
    {
        if (Mend is not { } mend) return Partial.Write(offset, data);
        if (mend.Compare(offset, data) > 0) _meter.Touch();
        return 0;
    }

    /// <summary>The first byte from a place on that is still to be fetched.</summary>
    public long NextMissing(long from) => Mend?.NextMissing(from) ?? Partial.NextMissing(from);

    public void Dispose()
    {
        Partial.Dispose();
        Source.Dispose();
        WholeBody.Dispose();
    }

    /// <summary>Fetches the file once more beside what is here, and replaces what differs, until the hash is right.</summary>
    private async Task<bool> MendAsync(RangeQueue queue, int attempts, CancellationToken cancel)
    {
        for (var attempt = 1; attempt < attempts; attempt++)
        {
            Source.Forget();
            Route?.Distrust();
            var mend = Mend = new FileMend(Partial, File.Size);
            queue.Add(this, [(0, File.Size)]);
            for (int hashed = 0, wanted = 1; ;)
            {
                await mend.WhenChangedAsync(wanted, cancel).ConfigureAwait(false);
                var isOver = mend.IsComplete;
                var changes = mend.Changes;
                if (changes > hashed && await HashAsync(cancel).ConfigureAwait(false) == File.ETag)
                {
                    // What is still under way could replace what has just been found right.
                    await queue.WithdrawAsync(this).ConfigureAwait(false);
                    if (mend.Changes == changes || await HashAsync(cancel).ConfigureAwait(false) == File.ETag) return true;
                    break;
                }

                if (isOver) break;
                (hashed, wanted) = (changes, changes * 2);
            }

            await queue.WithdrawAsync(this).ConfigureAwait(false);
            // The same wrong bytes came twice: a third time would bring no others.
            if (mend.Changes == 0) return false;
        }

        return false;
    }

    private async Task<string> HashAsync(CancellationToken cancel)
    {
        using var digest = new ContentDigest(File);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(File.Size, 1, BufferSize));
        try
        {
            for (var at = 0L; at < File.Size;)
            {
                var end = await Partial.WhenArrivedAsync(Math.Min(at + HashStep, File.Size), cancel).ConfigureAwait(false);
                while (at < end)
                {
                    cancel.ThrowIfCancellationRequested();
                    var count = Partial.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)));
                    if (count == 0) return "";
                    digest.Append(buffer.AsSpan(0, count));
                    at += count;
                }
            }

            return digest.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
