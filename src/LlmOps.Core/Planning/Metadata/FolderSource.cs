namespace LlmOps.Planning;

/// <summary>A model in a folder of this machine: a snapshot of the cache, or any other.</summary>
/// <param name="folder">The folder.</param>
/// <param name="name">How it is called; null for the folder itself.</param>
internal sealed class FolderSource(string folder, string? name = null) : IMetadataSource
{
    public string Name => name ?? folder;

    public string? Commit => null;

    public Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true, MaxRecursionDepth = 3 })
            .ToDictionary(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), path => SizeOf(path), StringComparer.Ordinal));

    public async Task<byte[]?> ReadAsync(string path, int most, CancellationToken cancel)
    {
        var full = Path.Join(folder, path);
        if (!File.Exists(full)) return null;
        var file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await using var open = file.ConfigureAwait(false);
        var bytes = new byte[Math.Min(most, file.Length)];
        var count = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        return bytes[..count];
    }

    // In the cache a file is a link to its content.
    private static long SizeOf(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target ? target.Length : new FileInfo(path).Length;
}
