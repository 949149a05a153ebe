namespace LlmOps.Hub.Xet;

/// <summary>One file's way through Xet storage. Whatever goes wrong there, the file comes over HTTP.</summary>
internal sealed class XetRoute(HubFile file, string hash, XetClient client, TransportChoice choice, TransferMeter meter, TimeProvider time) : IRangeRoute
{
    private const int MostFailures = 3;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private int _failures;
    private volatile bool _isUsed;
    private volatile bool _isOver;

    public async Task FetchAsync(long from, long end, IRangeConnection connection, Func<Task> byHttp, CancellationToken cancel)
    {
        var way = _isOver ? HfTransport.Http : choice.Next();
        var began = time.GetTimestamp();
        await (way == HfTransport.Xet ? FetchAsync(from, end, connection, cancel) : byHttp()).ConfigureAwait(false);
        choice.Record(way, end - from, time.GetElapsedTime(began));
    }

    public void Distrust()
    {
        if (_isUsed) Leave("what it sent is not the file");
    }

    private async Task FetchAsync(long from, long end, IRangeConnection connection, CancellationToken cancel)
    {
        _isUsed = true;
        try
        {
            await CopyAsync(from, end, connection, cancel).ConfigureAwait(false);
            Volatile.Write(ref _failures, 0);
        }
        catch (XetException wrong)
        {
            throw Leave(wrong.Message);
        }
        catch (LlmOpsException refused)
        {
            throw Leave(refused.Message.TrimEnd('.'));
        }
        catch (HubTransientException passing) when (Interlocked.Increment(ref _failures) >= MostFailures || passing.Wait > LongestWait)
        {
            throw Leave(passing.Message.TrimEnd('.'));
        }
    }

    private async Task CopyAsync(long from, long end, IRangeConnection connection, CancellationToken cancel)
    {
        for (var isFresh = false; ; isFresh = true)
        {
            var plan = await client.GetReconstructionAsync(hash, from, end, cancel).ConfigureAwait(false);
            using var assembly = new RangeAssembly(client, plan, connection, from, end);
            if (await assembly.CopyAsync(cancel).ConfigureAwait(false)) return;
            if (isFresh) throw new XetException("it refuses addresses that it has just given");
            from = assembly.Position;
        }
    }

    /// <summary>Ends the use of Xet storage for this file; what is missing is asked for again at once.</summary>
    private HubTransientException Leave(string reason)
    {
        var remark = $"'{file.Path}' comes over HTTP: Xet storage failed ({reason}).";
        if (!Interlocked.Exchange(ref _isOver, true)) meter.Remark(remark);
        choice.Fail();
        return new HubTransientException(HubErrors.XetFailed(file, reason), TimeSpan.Zero);
    }
}
