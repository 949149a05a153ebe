using System.Net;
using System.Net.Http.Headers;

namespace LlmOps.Hub;

/// <summary>One connection's work: fetches pieces, goes on after every cut where it was, and gives up only when nothing new comes anywhere for long.</summary>
internal sealed class PieceFetcher(TransferLimits limits, TransferMeter meter, TimeProvider time)
{
    private const int BufferSize = 256 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];

    /// <summary>Fetches a piece.</summary>
    /// <exception cref="LlmOpsException">The Hub refuses, or nothing came for too long.</exception>
    public async Task FetchAsync(Piece piece, CancellationToken cancel)
    {
        var partial = piece.Transfer.Partial;
        for (var failures = 0; !partial.IsComplete(piece.Index);)
        {
            var before = partial.Next(piece.Index);
            try
            {
                await FetchOnceAsync(piece, cancel).ConfigureAwait(false);
            }
            catch (ObjectDisposedException) when (partial.IsComplete(piece.Index))
            {
                // Another connection that read the whole file has brought this piece too, and the file is in its place.
            }
            catch (HubTransientException passing)
            {
                if (partial.Next(piece.Index) > before) failures = 0;
                if (meter.Idle > limits.Patience) throw passing.Reason;
                if (passing.Wait is { } asked && (asked > TimeSpan.Zero || failures == 0))
                {
                    await Task.Delay(asked, time, cancel).ConfigureAwait(false);
                    if (asked > TimeSpan.Zero) meter.Touch();
                }
                else
                {
                    await Task.Delay(RetryDelay.Backoff(failures), time, cancel).ConfigureAwait(false);
                }

                failures++;
            }
        }
    }

    private async Task FetchOnceAsync(Piece piece, CancellationToken cancel)
    {
        var (transfer, partial) = (piece.Transfer, piece.Transfer.Partial);
        var (from, end) = (partial.Next(piece.Index), partial.End(piece.Index));
        Task ByHttp() => FetchByHttpAsync(piece, from, end, cancel);
        await (transfer.Route is { } route ? route.FetchAsync(from, end, new Connection(this, transfer), ByHttp, cancel) : ByHttp()).ConfigureAwait(false);
    }

    private async Task FetchByHttpAsync(Piece piece, long from, long end, CancellationToken cancel)
    {
        var transfer = piece.Transfer;
        var range = from == 0 && end == transfer.File.Size ? null : new RangeHeaderValue(from, end - 1);
        using var response = await transfer.Source.OpenAsync(range, cancel).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            var content = response.Content.Headers.ContentRange;
            if (range is null || content?.From != from || (content.Length is { } total && total != transfer.File.Size)) throw Strange(response);
            await CopyAsync(response, transfer, from, end, cancel).ConfigureAwait(false);
        }
        else if (response.StatusCode == HttpStatusCode.OK && (response.Content.Headers.ContentLength ?? transfer.File.Size) == transfer.File.Size
            && response.Content.Headers.ContentEncoding.Count == 0)
        {
            await CopyWholeAsync(response, piece, cancel).ConfigureAwait(false);
        }
        else
        {
            throw Strange(response);
        }
    }

    private async Task CopyWholeAsync(HttpResponseMessage response, Piece piece, CancellationToken cancel)
    {
        var transfer = piece.Transfer;
        if (!await transfer.WholeBody.WaitAsync(0, cancel).ConfigureAwait(false))
        {
            // Another connection reads the whole file already: one is enough.
            response.Dispose();
            await transfer.WholeBody.WaitAsync(cancel).ConfigureAwait(false);
            transfer.WholeBody.Release();
            return;
        }

        try
        {
            // It may have come while this answer was on its way.
            if (!transfer.Partial.IsComplete(piece.Index)) await CopyAsync(response, transfer, 0, transfer.File.Size, cancel).ConfigureAwait(false);
        }
        finally
        {
            transfer.WholeBody.Release();
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, FileTransfer transfer, long from, long end, CancellationToken cancel)
    {
        var address = response.RequestMessage!.RequestUri!;
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using var open = body.ConfigureAwait(false);
        while (from < end)
        {
            var wanted = (int)Math.Min(_buffer.Length, end - from);
            var count = await ReadAsync(body, _buffer.AsMemory(0, wanted), address, stall, cancel).ConfigureAwait(false);
            if (count == 0) throw new HubTransientException(HubErrors.Unreachable(address, "the answer ended too early", new EndOfStreamException()));
            var added = await transfer.Partial.WriteAsync(from, _buffer.AsMemory(0, count), cancel).ConfigureAwait(false);
            Count(count, added);
            from += count;
        }
    }

    private void Count(int fetched, long added) => meter.Fetch(fetched, added);

    private async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, Uri address, CancellationTokenSource stall, CancellationToken cancel)
    {
        stall.CancelAfter(limits.Stall);
        try
        {
            return await body.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
        }
        catch (Exception broken) when (HubHttp.IsNetwork(broken) || (broken is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            var detail = broken is OperationCanceledException ? $"nothing came for {limits.Stall.TotalSeconds:0} s" : HubHttp.Innermost(broken);
            throw new HubTransientException(HubErrors.Unreachable(address, detail, broken));
        }
    }

    private static HubTransientException Strange(HttpResponseMessage response)
    {
        var address = response.RequestMessage!.RequestUri!;
        return new HubTransientException(response.Content.Headers.ContentType?.MediaType == "text/html"
            ? HubErrors.NotAHub(address, "a web page comes where a file is asked for")
            : HubErrors.AnswerUnexpected(address, (int)response.StatusCode, "it is not the range that was asked for"));
    }

    private sealed class Connection(PieceFetcher fetcher, FileTransfer transfer) : IRangeConnection
    {
        public async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, Uri address, CancellationToken cancel)
        {
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var count = await fetcher.ReadAsync(body, buffer, address, stall, cancel).ConfigureAwait(false);
            fetcher.Count(count, 0);
            return count;
        }

        public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancel) =>
            fetcher.Count(0, await transfer.Partial.WriteAsync(offset, data, cancel).ConfigureAwait(false));
    }
}
