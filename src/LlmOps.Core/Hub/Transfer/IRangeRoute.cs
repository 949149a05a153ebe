namespace LlmOps.Hub;

/// <summary>A second way to a file's bytes, beside ranges of it over HTTP.</summary>
internal interface IRangeRoute
{
    /// <summary>Brings a range, in order, by this way or by HTTP.</summary>
    /// <param name="from">The first byte.</param>
    /// <param name="end">The byte after the last.</param>
    /// <param name="connection">Reads the network and takes the bytes.</param>
    /// <param name="byHttp">Fetches the same range over HTTP.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="HubTransientException">It failed in a way that may pass; asked again, the range may come by HTTP.</exception>
    Task FetchAsync(long from, long end, IRangeConnection connection, Func<Task> byHttp, CancellationToken cancel);

    /// <summary>The whole file has come and is not what it should be: from now on it comes by HTTP.</summary>
    void Distrust();
}
