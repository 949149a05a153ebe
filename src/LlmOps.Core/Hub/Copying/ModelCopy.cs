using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using LlmOps.Rigs;

namespace LlmOps.Hub.Copying;

/// <summary>
/// Copies a repository from one cache to another: what is there is skipped, several files go at once over connections of their own, each is
/// verified where it arrives, and one that was cut off goes on where it was.
/// </summary>
/// <param name="from">The source.</param>
/// <param name="to">The target.</param>
/// <param name="request">What to copy.</param>
/// <param name="streams">How many files go at once.</param>
/// <param name="patience">How long a machine may stay out of reach.</param>
/// <param name="time">The clock.</param>
public sealed class ModelCopy(ICopyPlace from, ICopyPlace to, CopyRequest request, int streams, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(200);

    private long _moved;
    private long _bytesDone;
    private int _filesDone;

    /// <summary>Says what would be sent, and sends nothing.</summary>
    /// <param name="cancel">Ends the requests.</param>
    /// <exception cref="LlmOpsException"><c>CopySourceLacksModel</c>.</exception>
    public async Task<(CopyListing Source, CopyPlan Target)> PlanAsync(CancellationToken cancel)
    {
        var listing = await from.ListAsync(request, cancel).ConfigureAwait(false);
        return (listing, await to.PlanAsync(new CopyWish(request, listing), cancel).ConfigureAwait(false));
    }

    /// <summary>Copies.</summary>
    /// <param name="report">Called about five times a second, on any thread; or null.</param>
    /// <param name="cancel">Stops it; what has arrived is kept for the next time.</param>
    /// <exception cref="LlmOpsException"><c>CopySourceLacksModel</c>, <c>DiskFull</c>, <c>CopyDamaged</c>, <c>ModelFolderNotWritable</c>, <c>RigConnectionLost</c>.</exception>
    public async Task<HfModel> RunAsync(Action<DownloadProgress>? report, CancellationToken cancel)
    {
        var (listing, plan) = await PlanAsync(cancel).ConfigureAwait(false);
        if (plan.Free is { } free && plan.MissingSize > free) throw HubErrors.DiskFull(plan.Path, plan.MissingSize, free);
        // Of equal files one is sent; the others are links to it, or copies.
        var queue = new ConcurrentQueue<HubFile>(plan.Missing.DistinctBy(file => file.ETag).OrderByDescending(file => file.Size));
        var total = listing.Files.Sum(file => file.Size);
        _bytesDone = total - plan.MissingSize;
        _filesDone = listing.Files.Count - queue.Count;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ExceptionDispatchInfo? failure = null;
        var began = time.GetTimestamp();
        var work = Task.WhenAll(Enumerable.Range(0, Math.Min(streams, queue.Count)).Select(_ => Task.Run(async () =>
        {
            try
            {
                await WorkAsync(listing, plan, queue, stop.Token).ConfigureAwait(false);
            }
            catch (Exception first)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(first), null);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }, CancellationToken.None)));
        using (var timer = new PeriodicTimer(ReportInterval))
        {
            while (!work.IsCompleted)
            {
                report?.Invoke(Progress());
                await Task.WhenAny(work, timer.WaitForNextTickAsync(CancellationToken.None).AsTask()).ConfigureAwait(false);
            }
        }

        cancel.ThrowIfCancellationRequested();
        failure?.Throw();
        var model = await to.EndAsync(new CopyWish(request, listing), cancel).ConfigureAwait(false);
        report?.Invoke(Progress());
        return model with { Downloaded = Interlocked.Read(ref _moved) };

        DownloadProgress Progress()
        {
            var (moved, done, elapsed) = (Interlocked.Read(ref _moved), Math.Min(Interlocked.Read(ref _bytesDone), total), time.GetElapsedTime(began).TotalSeconds);
            var rate = elapsed > 0 ? moved / elapsed : 0;
            return new DownloadProgress
            {
                Phase = done >= total ? DownloadPhase.Verifying : DownloadPhase.Downloading,
                BytesDone = done,
                BytesTotal = total,
                FilesDone = _filesDone,
                FilesTotal = listing.Files.Count,
                Fetched = moved,
                BytesPerSecond = rate,
                Remaining = rate > 1 && (total - done) / rate < TimeSpan.FromDays(30).TotalSeconds ? TimeSpan.FromSeconds((total - done) / rate) : null,
            };
        }
    }

    private async Task WorkAsync(CopyListing listing, CopyPlan plan, ConcurrentQueue<HubFile> queue, CancellationToken cancel)
    {
        var outage = new RigOutage(patience, time);
        var reader = from.OpenReader(listing.Agent);
        var writer = to.OpenWriter(plan.Agent);
        try
        {
            while (queue.TryDequeue(out var file))
            {
                while (true)
                {
                    outage.Begin();
                    try
                    {
                        var item = new CopyItem(request, listing.Commit, file, 0);
                        await writer.WriteAsync(item, (offset, stop) => reader.OpenAsync(item with { Offset = offset }, stop), Moved, cancel).ConfigureAwait(false);
                        Interlocked.Increment(ref _filesDone);
                        break;
                    }
                    catch (LlmOpsException lost) when (outage.MayPass(lost, hasConnected: true))
                    {
                        await reader.DisposeAsync().ConfigureAwait(false);
                        await writer.DisposeAsync().ConfigureAwait(false);
                        await Task.Delay(outage.NextPause(), time, cancel).ConfigureAwait(false);
                        reader = from.OpenReader(listing.Agent);
                        writer = to.OpenWriter(plan.Agent);
                    }
                }
            }
        }
        finally
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            await writer.DisposeAsync().ConfigureAwait(false);
        }

        void Moved(long bytes)
        {
            outage.End();
            Interlocked.Add(ref _moved, bytes);
            Interlocked.Add(ref _bytesDone, bytes);
        }
    }
}
