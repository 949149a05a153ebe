namespace LlmOps.Planning;

/// <summary>The small files of a model, wherever it lies.</summary>
internal interface IMetadataSource
{
    /// <summary>The repository, or the folder.</summary>
    string Name { get; }

    /// <summary>The commit, or null.</summary>
    string? Commit { get; }

    /// <summary>Its files with their sizes in bytes.</summary>
    /// <param name="cancel">Ends it.</param>
    Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancel);

    /// <summary>The beginning of a file; null if there is no such file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">How many bytes at the most.</param>
    /// <param name="cancel">Ends it.</param>
    Task<byte[]?> ReadAsync(string path, int most, CancellationToken cancel);
}
