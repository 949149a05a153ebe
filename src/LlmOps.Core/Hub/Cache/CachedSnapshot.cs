namespace LlmOps.Hub;

/// <summary>A commit of a repository as it lies in the cache.</summary>
internal sealed class CachedSnapshot(string folder, IReadOnlyList<string> refs)
{
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true };

    public string Commit { get; } = Path.GetFileName(folder);

    public string Folder => folder;

    public IReadOnlyList<string> Refs => refs;

    public IReadOnlyList<CachedFile> Files { get; } =
    [
        .. Directory.EnumerateFiles(folder, "*", All).Order(StringComparer.Ordinal)
            .Select(pointer => new CachedFile(Path.GetRelativePath(folder, pointer).Replace(Path.DirectorySeparatorChar, '/'), pointer, TargetOf(pointer))),
    ];

    public CachedRevision Describe()
    {
        var contents = Files.Select(file => new FileInfo(file.Content)).Where(file => file.Exists).DistinctBy(file => file.FullName).ToList();
        return new CachedRevision
        {
            Commit = Commit,
            Refs = refs,
            Path = folder,
            FileCount = Files.Count,
            Size = contents.Sum(file => file.Length),
            LastModified = contents.Count == 0 ? null : contents.Max(file => file.LastWriteTimeUtc),
        };
    }

    private static string TargetOf(string pointer) =>
        new FileInfo(pointer).LinkTarget is { } target ? Path.GetFullPath(target, Path.GetDirectoryName(pointer)!) : pointer;
}
