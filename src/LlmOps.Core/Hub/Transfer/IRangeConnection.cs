namespace LlmOps.Hub;

/// <summary>One of a transfer's connections, as a route sees it: the network with the transfer's limits on one side, the file on the other.</summary>
internal interface IRangeConnection
{
    /// <summary>The first byte of the range that is still missing.</summary>
    long Position { get; }

    /// <summary>Reads from an answer, within the limits of the transfer, and counts what came.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="address">Where they come from, for messages.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>How many bytes came; 0 at the end.</returns>
    /// <exception cref="HubTransientException">The network failed, or nothing came for too long.</exception>
    ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, Uri address, CancellationToken cancel);

    /// <summary>Hands over bytes of the file.</summary>
    /// <param name="offset">Where they lie in the file.</param>
    /// <param name="data">The bytes.</param>
    /// <returns>False if nothing behind them is wanted: another connection brings it.</returns>
    bool Write(long offset, ReadOnlySpan<byte> data);
}
