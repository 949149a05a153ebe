using System.Threading.Channels;

namespace LlmOps.Hub;

/// <summary>One file on its way: asks for its pieces, hashes them in order as they arrive, and puts the file in its place when the hash is right.</summary>
internal sealed class FileTransfer : IDisposable
{
    private const int BufferSize = 1024 * 1024;

    private readonly IModelStore _store;
    private readonly string _commit;
    private readonly TransferMeter _meter;

    public FileTransfer(IModelStore store, string commit, HubFile file, FileSource source, TransferLimits limits, TransferMeter meter)
    {
        _store = store;
        _commit = commit;
        _meter = meter;
        File = file;
        Source = source;
        Partial = PartialFile.Open(file, store.PartialPath(file), store.StatePath(file), limits);
        meter.Add(Partial.Received);
    }

    public HubFile File { get; }

    public FileSource Source { get; }

    /// <summary>Another way to the bytes than <see cref="Source"/>; null if there is none.</summary>
    public IRangeRoute? Route { get; init; }

    public PartialFile Partial { get; }

    /// <summary>Held by the one connection that reads the whole file from a server that knows no ranges.</summary>
    public SemaphoreSlim WholeBody { get; } = new(1);

    /// <summary>Completes when the file is in its place.</summary>
    /// <exception cref="LlmOpsException"><c>HubFileCorrupt</c>.</exception>
    public async Task RunAsync(ChannelWriter<Piece> queue, int attempts, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var hashing = HashAsync(cancel);
            for (var piece = 0; piece < Partial.PieceCount; piece++)
            {
                if (!Partial.IsComplete(piece)) await queue.WriteAsync(new Piece(this, piece), cancel).ConfigureAwait(false);
            }

            if (await hashing.ConfigureAwait(false) == File.ETag) break;
            _meter.Add(-Partial.Received);
            Partial.Reset();
            Route?.Distrust();
            if (attempt == attempts) throw HubErrors.FileCorrupt(File);
        }

        Partial.Finish();
        _store.Install(_commit, File, Partial.Path);
        _meter.FinishFile();
    }

    public void Dispose()
    {
        Partial.Dispose();
        Source.Dispose();
        WholeBody.Dispose();
    }

    private async Task<string> HashAsync(CancellationToken cancel)
    {
        using var digest = new ContentDigest(File);
        var buffer = new byte[(int)Math.Min(BufferSize, Math.Max(File.Size, 1))];
        for (var piece = 0; piece < Partial.PieceCount; piece++)
        {
            await Partial.WhenCompleteAsync(piece).WaitAsync(cancel).ConfigureAwait(false);
            for (var at = Partial.Offset(piece); at < Partial.End(piece);)
            {
                var wanted = (int)Math.Min(buffer.Length, Partial.End(piece) - at);
                var count = await Partial.ReadAsync(at, buffer.AsMemory(0, wanted), cancel).ConfigureAwait(false);
                if (count == 0) return "";
                digest.Append(buffer.AsSpan(0, count));
                at += count;
            }
        }

        return digest.Finish();
    }
}

/// <summary>A piece of a file that is to be fetched.</summary>
internal readonly record struct Piece(FileTransfer Transfer, int Index);
