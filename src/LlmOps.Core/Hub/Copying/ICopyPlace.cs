namespace LlmOps.Hub.Copying;

/// <summary>A machine with a cache: the source or the target of a copy.</summary>
public interface ICopyPlace
{
    /// <summary>What to call it.</summary>
    string Name { get; }

    /// <summary>What it has.</summary>
    Task<CopyListing> ListAsync(CopyRequest request, CancellationToken cancel);

    /// <summary>What a copy to it would send.</summary>
    Task<CopyPlan> PlanAsync(CopyWish wish, CancellationToken cancel);

    /// <summary>Completes the snapshot there.</summary>
    Task<HfModel> EndAsync(CopyWish wish, CancellationToken cancel);

    /// <summary>Begins to read files there.</summary>
    /// <param name="agent">The agent's path there, from <see cref="ListAsync"/>.</param>
    ICopyReader OpenReader(string? agent);

    /// <summary>Begins to write files there.</summary>
    /// <param name="agent">The agent's path there, from <see cref="PlanAsync"/>.</param>
    ICopyWriter OpenWriter(string? agent);
}

/// <summary>Reads files of a place, one after the other.</summary>
public interface ICopyReader : IAsyncDisposable
{
    /// <summary>The bytes of a file from a position on. They are to be read to the file's end before the next file is asked for, and the stream is not the caller's to close.</summary>
    Task<Stream> OpenAsync(CopyItem item, CancellationToken cancel);
}

/// <summary>Writes files to a place, one after the other.</summary>
public interface ICopyWriter : IAsyncDisposable
{
    /// <summary>Puts a file there; it is verified and in its place when this completes.</summary>
    /// <param name="item">The file.</param>
    /// <param name="open">Opens the source at a position.</param>
    /// <param name="moved">Told how many bytes were sent.</param>
    /// <param name="cancel">Stops it; what has arrived is kept.</param>
    Task WriteAsync(CopyItem item, Func<long, CancellationToken, Task<Stream>> open, Action<long> moved, CancellationToken cancel);
}
