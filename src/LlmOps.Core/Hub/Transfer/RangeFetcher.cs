using System.Net;
using System.Net.Http.Headers;

namespace LlmOps.Hub;

/// <summary>One connection's work: fetches ranges, goes on after every cut where it was, and gives up only when nothing new comes anywhere for long.</summary>
internal sealed class RangeFetcher(TransferLimits limits, TransferMeter meter, TransferThrottle throttle, TimeProvider time)
{
    private const int BufferSize = 256 * 1024;
    private const int MostRefusals = 20;

    private byte[] _buffer = new byte[16 * 1024];

    /// <summary>Fetches a range.</summary>
    /// <exception cref="LlmOpsException">The Hub refuses, or nothing came for too long.</exception>
    public async Task FetchAsync(FileRange range, CancellationToken cancel)
    {
        if (_buffer.Length < BufferSize && range.Left > _buffer.Length) _buffer = new byte[BufferSize];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var fetching = RepeatAsync(range, stop.Token);
        if (await Task.WhenAny(fetching, range.Abandoned).ConfigureAwait(false) != fetching) await stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await fetching.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (range.Abandoned.IsCompleted && !cancel.IsCancellationRequested)
        {
            // Another connection brings it, or all of the file is here and right.
        }
    }

    private async Task RepeatAsync(FileRange range, CancellationToken cancel)
    {
        for (int failures = 0, refusals = 0; ; failures++)
        {
            range.Advance(range.Transfer.NextMissing(range.Position));
            if (range.Left == 0) return;
            var before = range.Position;
            try
            {
                await FetchOnceAsync(range, cancel).ConfigureAwait(false);
                (failures, refusals) = (-1, 0);
            }
            catch (HubTransientException passing)
            {
                if (range.Transfer.NextMissing(before) > before) (failures, refusals) = (0, 0);
                else if (passing.Wait != TimeSpan.Zero) meter.Refuse();
                if (meter.Idle > limits.Patience || refusals == MostRefusals) throw passing.Reason;
                if (passing.Wait is { } asked && (asked > TimeSpan.Zero || failures == 0))
                {
                    await Task.Delay(asked, time, cancel).ConfigureAwait(false);
                    if (asked == TimeSpan.Zero) continue;
                    refusals++;
                    meter.Touch();
                }
                else
                {
                    await Task.Delay(RetryDelay.Backoff(failures), time, cancel).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task FetchOnceAsync(FileRange range, CancellationToken cancel)
    {
        var transfer = range.Transfer;
        if (transfer.IsWhole && await IsWholeUnderWayAsync(transfer, cancel).ConfigureAwait(false)) return;
        Task ByHttp() => FetchByHttpAsync(range, cancel);
        await (transfer.Route is { } route ? route.FetchAsync(range.Position, range.End, new Connection(this, range), ByHttp, cancel) : ByHttp()).ConfigureAwait(false);
    }

    private async Task FetchByHttpAsync(FileRange range, CancellationToken cancel)
    {
        var transfer = range.Transfer;
        var (from, end) = (range.Position, range.End);
        var wanted = from == 0 && end == transfer.File.Size ? null : new RangeHeaderValue(from, end - 1);
        using var response = await transfer.Source.OpenAsync(wanted, cancel).ConfigureAwait(false);
        meter.CountRequest();
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            var content = response.Content.Headers.ContentRange;
            if (wanted is null || content?.From != from || (content.Length is { } total && total != transfer.File.Size)) throw Strange(response);
            await CopyAsync(response, range, cancel).ConfigureAwait(false);
        }
        else if (response.StatusCode == HttpStatusCode.OK && (response.Content.Headers.ContentLength ?? transfer.File.Size) == transfer.File.Size
            && response.Content.Headers.ContentEncoding.Count == 0)
        {
            if (wanted is null) await CopyAsync(response, range, cancel).ConfigureAwait(false);
            else await CopyWholeAsync(response, range, cancel).ConfigureAwait(false);
        }
        else
        {
            throw Strange(response);
        }
    }

    private async Task CopyWholeAsync(HttpResponseMessage response, FileRange range, CancellationToken cancel)
    {
        var transfer = range.Transfer;
        transfer.IsWhole = true;
        if (!await transfer.WholeBody.WaitAsync(0, cancel).ConfigureAwait(false))
        {
            response.Dispose();
            await IsWholeUnderWayAsync(transfer, cancel).ConfigureAwait(false);
            return;
        }

        try
        {
            // It may have come while this answer was on its way.
            if (transfer.NextMissing(range.Position) < range.End) await CopyAsync(response, new FileRange(transfer, 0, transfer.File.Size, time), cancel).ConfigureAwait(false);
        }
        finally
        {
            transfer.WholeBody.Release();
        }
    }

    /// <summary>Waits for the connection that reads the whole file, if there is one: one is enough.</summary>
    private static async Task<bool> IsWholeUnderWayAsync(FileTransfer transfer, CancellationToken cancel)
    {
        if (transfer.WholeBody.CurrentCount > 0) return false;
        await transfer.WholeBody.WaitAsync(cancel).ConfigureAwait(false);
        transfer.WholeBody.Release();
        return true;
    }

    private async Task CopyAsync(HttpResponseMessage response, FileRange range, CancellationToken cancel)
    {
        var address = response.RequestMessage!.RequestUri!;
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using var open = body.ConfigureAwait(false);
        while (range.Left > 0)
        {
            var from = range.Position;
            var count = await ReadAsync(body, _buffer.AsMemory(0, (int)Math.Min(_buffer.Length, range.Left)), address, stall, cancel).ConfigureAwait(false);
            if (count == 0) throw new HubTransientException(HubErrors.Unreachable(address, "the answer ended too early", new EndOfStreamException()));
            var added = range.Transfer.Deliver(from, _buffer.AsSpan(0, count));
            range.Advance(from + count);
            meter.Fetch(count, added);
            await throttle.PayAsync(count, cancel).ConfigureAwait(false);
        }
    }

    private async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, Uri address, CancellationTokenSource stall, CancellationToken cancel)
    {
        stall.CancelAfter(limits.Stall);
        try
        {
            return await body.ReadAsync(buffer[..throttle.ReadSize(buffer.Length)], stall.Token).ConfigureAwait(false);
        }
        catch (Exception broken) when (HubHttp.IsNetwork(broken) || (broken is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            var detail = broken is OperationCanceledException ? $"nothing came for {limits.Stall.TotalSeconds:0} s" : HubHttp.Innermost(broken);
            throw new HubTransientException(HubErrors.Unreachable(address, detail, broken));
        }
        finally
        {
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private static HubTransientException Strange(HttpResponseMessage response)
    {
        var address = response.RequestMessage!.RequestUri!;
        return new HubTransientException(response.Content.Headers.ContentType?.MediaType == "text/html"
            ? HubErrors.NotAHub(address, "a web page comes where a file is asked for")
            : HubErrors.AnswerUnexpected(address, (int)response.StatusCode, "it is not the range that was asked for"));
    }

    private sealed class Connection(RangeFetcher fetcher, FileRange range) : IRangeConnection
    {
        public long Position => range.Position;

        public async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, Uri address, CancellationToken cancel)
        {
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var count = await fetcher.ReadAsync(body, buffer, address, stall, cancel).ConfigureAwait(false);
            fetcher.Count(count, 0);
            await fetcher.PayAsync(count, cancel).ConfigureAwait(false);
            return count;
        }

        public bool Write(long offset, ReadOnlySpan<byte> data)
        {
            fetcher.Count(0, range.Transfer.Deliver(offset, data));
            range.Advance(offset + data.Length);
            return range.Left > 0;
        }
    }

    private void Count(int fetched, long added) => meter.Fetch(fetched, added);

    private ValueTask PayAsync(int bytes, CancellationToken cancel) => throttle.PayAsync(bytes, cancel);
}
