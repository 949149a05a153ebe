namespace LlmOps.Hub;

/// <summary>What a download would do.</summary>
public sealed record DownloadPlan
{
    /// <summary>The repository.</summary>
    public required string Id { get; init; }

    /// <summary>The Hub that it comes from.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The revision that was asked for.</summary>
    public required string Revision { get; init; }

    /// <summary>The commit that the revision means.</summary>
    public required string Commit { get; init; }

    /// <summary>The folder that will hold the files.</summary>
    public required string Path { get; init; }

    /// <summary>How many files are selected.</summary>
    public required int FileCount { get; init; }

    /// <summary>Their size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>How many files are to be fetched.</summary>
    public required int MissingFileCount { get; init; }

    /// <summary>How many bytes are to be fetched.</summary>
    public required long MissingSize { get; init; }

    /// <summary>What of the repository is left out, since it holds the same model in another form; the largest first.</summary>
    public IReadOnlyList<LeftOutFiles> LeftOut { get; init; } = [];

    /// <summary>How many bytes are free on the volume; null where the system does not say.</summary>
    public long? Free { get; init; }
}
