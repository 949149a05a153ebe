using System.Runtime.ExceptionServices;
using LlmOps.Hub.Xet;

namespace LlmOps.Hub;

/// <summary>Fetches the missing files of a commit: one queue of ranges over all files, and as many connections as are worth while.</summary>
internal sealed class ModelTransfer(IModelStore store, string commit, HubClient client, HubHttp http, TransferLimits limits, TransferMeter meter, XetTransport? xet, TimeProvider time)
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(2);

    private const int ShownFiles = 8;

    private readonly Lock _gate = new();
    private readonly HashSet<FileTransfer> _active = [];
    private readonly RangeQueue _queue = new(limits, meter, time);
    private ExceptionDispatchInfo? _failure;

    /// <summary>Completes when all the files are in their places.</summary>
    public async Task RunAsync(IEnumerable<HubFile> files, CancellationToken cancel)
    {
        meter.IsPaused = () => http.Pace.IsPaused;
        meter.Files = Progress;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var connections = new RangeConnections(_queue, limits, meter, time);
        _ = GuardAsync(() => KeepAsync(SaveInterval, partial => partial.Save(), stop.Token), stop);
        _ = GuardAsync(() => KeepAsync(SyncInterval, partial => partial.Sync(), stop.Token), stop);
        await Task.WhenAll(GuardAsync(() => FeedAsync(files, stop), stop), GuardAsync(() => connections.RunAsync(stop.Token), stop)).ConfigureAwait(false);
        // A flush that is under way may take long, and nobody has to wait for it: the file was flushed when it was finished, or its last state is kept.
        await stop.CancelAsync().ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        _failure?.Throw();
    }

    /// <summary>The first failure ends all the rest, and is the one that counts.</summary>
    private async Task GuardAsync(Func<Task> work, CancellationTokenSource stop)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task FeedAsync(IEnumerable<HubFile> files, CancellationTokenSource stop)
    {
        using var slots = new SemaphoreSlim(limits.Connections * 4);
        var running = new List<Task>();
        var waiting = new Queue<HubFile>(files);
        try
        {
            for (var refused = 0; waiting.TryDequeue(out var file);)
            {
                await slots.WaitAsync(stop.Token).ConfigureAwait(false);
                await _queue.WhenRoomAsync(stop.Token).ConfigureAwait(false);
                if (FileLock.TryTake(store.LockPath(file)) is { } held)
                {
                    refused = 0;
                    meter.IsWaiting = false;
                    running.Add(GuardAsync(() => TransferAsync(file, held, slots, stop.Token), stop));
                    continue;
                }

                // Another process fetches it, or an equal file of this repository is under way.
                slots.Release();
                waiting.Enqueue(file);
                if (++refused < waiting.Count) continue;
                refused = 0;
                meter.IsWaiting = IsIdle();
                await Task.Delay(LockPoll, time, stop.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(false);
            _queue.Complete();
        }
    }

    private async Task TransferAsync(HubFile file, FileStream held, SemaphoreSlim slots, CancellationToken cancel)
    {
        try
        {
            await using var release = held.ConfigureAwait(false);
            await TransferAsync(file, cancel).ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task TransferAsync(HubFile file, CancellationToken cancel)
    {
        if (await IsHereAsync(file, cancel).ConfigureAwait(false))
        {
            store.Adopt(commit, file);
            meter.Add(file.Size);
            meter.FinishFile();
            return;
        }

        using var transfer = new FileTransfer(store, commit, file, new FileSource(client, http, commit, file, time), meter) { Route = xet?.RouteTo(file) };
        lock (_gate) _active.Add(transfer);
        try
        {
            await transfer.RunAsync(_queue, limits.FileAttempts, cancel).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _active.Remove(transfer);
        }
    }

    private async Task<bool> IsHereAsync(HubFile file, CancellationToken cancel) => store.Find(commit, file) switch
    {
        FilePresence.Present => true,
        FilePresence.Unverified => await ContentDigest.MatchesAsync(file, Path.Join(store.FolderOf(commit), SafePath.Validate(file.Path)), cancel).ConfigureAwait(false),
        _ => false,
    };

    private async Task KeepAsync(TimeSpan interval, Action<PartialFile> keep, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            FileTransfer[] active;
            lock (_gate) active = [.. _active];
            foreach (var transfer in active) keep(transfer.Partial);
        }
    }

    private FileProgress[] Progress()
    {
        lock (_gate) return [.. _active.OrderByDescending(transfer => transfer.File.Size).Where(transfer => transfer.Partial.Received > 0).Take(ShownFiles).Select(transfer => new FileProgress(transfer.File.Path, transfer.Partial.Received, transfer.File.Size))];
    }

    private bool IsIdle()
    {
        lock (_gate) return _active.Count == 0;
    }
}
