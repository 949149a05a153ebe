namespace LlmOps.Hub;

/// <summary>Reads the whole body of an answer that is small by its nature, and no more than that, whatever length it claims.</summary>
internal static class HubBody
{
    private const int BufferSize = 16 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Reads it.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="most">How many bytes it may have.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="HubTransientException">The network failed, or it has more.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int most, CancellationToken cancel)
    {
        var address = response.RequestMessage!.RequestUri!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Longest);
        try
        {
            using var body = new MemoryStream();
            var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            await using var open = stream.ConfigureAwait(false);
            var buffer = new byte[BufferSize];
            int count;
            while ((count = await stream.ReadAsync(buffer, limit.Token).ConfigureAwait(false)) > 0)
            {
                body.Write(buffer, 0, count);
                if (body.Length > most) throw new HubTransientException(HubErrors.NotAHub(address, "an answer that should be short does not end"));
            }

            return body.ToArray();
        }
        catch (Exception broken) when (HubHttp.IsNetwork(broken) || (broken is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new HubTransientException(HubErrors.Unreachable(address, HubHttp.Innermost(broken), broken));
        }
    }
}
