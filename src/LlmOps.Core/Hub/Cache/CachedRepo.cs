namespace LlmOps.Hub;

/// <summary>A repository's folder in a Hugging Face cache, whoever wrote it.</summary>
internal sealed class CachedRepo
{
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true };

    private CachedRepo(string cache, HubRepo repo)
    {
        Cache = cache;
        Repo = repo;
        Folder = Path.Join(cache, repo.FolderName);
        Refs = ReadRefs();
        Snapshots = [.. Below("snapshots").Where(folder => LowerHex.IsCommit(Path.GetFileName(folder)))
            .Select(folder => new CachedSnapshot(folder, [.. Refs.Where(known => known.Value == Path.GetFileName(folder)).Select(known => known.Key).Order(StringComparer.Ordinal)]))];
    }

    public string Cache { get; }

    public HubRepo Repo { get; }

    public string Folder { get; }

    /// <summary>What each branch and tag means here.</summary>
    public IReadOnlyDictionary<string, string> Refs { get; }

    public IReadOnlyList<CachedSnapshot> Snapshots { get; }

    /// <summary>The files of downloads that did not end, whichever program began them.</summary>
    public IReadOnlyList<FileInfo> Partials => [.. Files("blobs").Where(file => file.Name.EndsWith(".incomplete", StringComparison.Ordinal))];

    /// <summary>All contents that are complete.</summary>
    public IReadOnlyList<FileInfo> Blobs => [.. Files("blobs").Where(file => !file.Name.EndsWith(".incomplete", StringComparison.Ordinal))];

    /// <summary>All repositories of a cache; none if there is no cache.</summary>
    public static IEnumerable<CachedRepo> List(string cache) =>
        !Directory.Exists(cache) ? []
        : Directory.EnumerateDirectories(cache, "*--*", new EnumerationOptions { IgnoreInaccessible = true })
            .Select(folder => HubRepo.FromFolderName(Path.GetFileName(folder))).OfType<HubRepo>()
            .OrderBy(repo => repo.Id, StringComparer.OrdinalIgnoreCase).ThenBy(repo => repo.Type).Select(repo => new CachedRepo(cache, repo));

    /// <summary>One repository.</summary>
    /// <exception cref="LlmOpsException"><c>ModelNotCached</c>.</exception>
    public static CachedRepo Open(string cache, HubRepo repo) =>
        Directory.Exists(Path.Join(cache, repo.FolderName)) ? new CachedRepo(cache, repo) : throw HubErrors.NotCached(repo, cache);

    /// <summary>The commits that revisions mean: branches, tags, commits, or the beginnings of commits.</summary>
    /// <exception cref="LlmOpsException"><c>RevisionNotCached</c>.</exception>
    public IReadOnlyList<CachedSnapshot> Find(IEnumerable<string> revisions) =>
        [.. revisions.Select(revision =>
        {
            var commit = Refs.GetValueOrDefault(revision, revision);
            return Snapshots.Where(snapshot => snapshot.Commit.StartsWith(commit, StringComparison.OrdinalIgnoreCase)).ToList() is [var only] && commit.Length >= 4 ? only
                : throw HubErrors.RevisionNotCached(Repo, revision, [.. Snapshots.Select(snapshot => snapshot.Describe().ToString())]);
        }).Distinct()];

    public IReadOnlyList<HubFile>? ReadTree(string commit) => TreeFile.Read(TreePath(commit));

    public string TreePath(string commit) => Path.Join(Folder, "trees", commit + ".json");

    public string RefPath(string revision) => Path.Join(Folder, "refs", revision);

    /// <summary>The locks that any program has taken for this repository at some time.</summary>
    public IReadOnlyList<string> Locks =>
        Directory.Exists(Path.Join(Cache, ".locks", Repo.FolderName)) ? [.. Directory.EnumerateFiles(Path.Join(Cache, ".locks", Repo.FolderName), "*.lock")] : [];

    public CachedModel Describe()
    {
        var contents = Snapshots.SelectMany(snapshot => snapshot.Files).Select(file => new FileInfo(file.Content)).Where(file => file.Exists)
            .Concat(Blobs).DistinctBy(file => file.FullName).ToList();
        var partial = Partials.Where(file => !file.Name.EndsWith("-state.incomplete", StringComparison.Ordinal)).ToList();
        return new CachedModel
        {
            Id = Repo.Id,
            RepoType = Repo.Type,
            Path = Folder,
            CacheDir = Cache,
            Revisions = [.. Snapshots.Select(snapshot => snapshot.Describe()).OrderByDescending(revision => revision.LastModified)],
            Size = contents.Sum(file => file.Length) + Partials.Sum(file => file.Length),
            FileCount = contents.Count,
            PartialCount = partial.Count,
            PartialSize = partial.Sum(file => file.Length),
            LastUsed = contents.Count == 0 ? null : contents.Max(file => file.LastAccessTimeUtc),
            LastModified = contents.Count == 0 ? null : contents.Max(file => file.LastWriteTimeUtc),
        };
    }

    private Dictionary<string, string> ReadRefs()
    {
        var root = Path.Join(Folder, "refs");
        return Directory.Exists(root)
            ? Directory.EnumerateFiles(root, "*", All).ToDictionary(path => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/'), path => File.ReadAllText(path).Trim(), StringComparer.Ordinal)
            : [];
    }

    private IEnumerable<FileInfo> Files(string folder) => Directory.Exists(Path.Join(Folder, folder)) ? new DirectoryInfo(Path.Join(Folder, folder)).EnumerateFiles() : [];

    private IEnumerable<string> Below(string folder) => Directory.Exists(Path.Join(Folder, folder)) ? Directory.EnumerateDirectories(Path.Join(Folder, folder)) : [];
}
