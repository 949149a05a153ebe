namespace LlmOps.Hub;

/// <summary>
/// Removes a repository, or some of its commits, from a Hugging Face cache: only contents that no other commit needs, their unfinished
/// downloads, what the commits were called, and the folders that are empty then.
/// </summary>
public sealed class ModelRemoval
{
    private readonly ModelRemovalRequest _request;
    private readonly CachedRepo _repo;
    private readonly IReadOnlyList<CachedSnapshot> _removed;
    private readonly bool _isWhole;

    /// <summary>Looks at what is there; removes nothing yet.</summary>
    /// <param name="request">What to remove.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <exception cref="LlmOpsException"><c>ModelIdInvalid</c>, <c>ModelNotCached</c>, <c>RevisionNotCached</c>.</exception>
    public ModelRemoval(ModelRemovalRequest request, HubEnvironment environment)
    {
        _request = request;
        _repo = CachedRepo.Open(environment.CacheAt(request.CacheFolder), HubRepo.Parse(request.RepoType, request.Id));
        _removed = request.Revisions.Count == 0 ? _repo.Snapshots : _repo.Find(request.Revisions);
        _isWhole = _removed.Count == _repo.Snapshots.Count;
    }

    /// <summary>Removes it, unless the request is a rehearsal.</summary>
    /// <returns>What that frees.</returns>
    /// <exception cref="LlmOpsException"><c>ModelBusy</c> while a download of it runs; <c>ModelFolderNotWritable</c>.</exception>
    public RemovedModel Run()
    {
        var (contents, partials) = _isWhole ? (_repo.Blobs.Concat(Unlinked()).DistinctBy(file => file.FullName).ToList(), _repo.Partials) : (OwnContents(), OwnPartials());
        var result = new RemovedModel(_repo.Repo.Id, [.. _removed.Select(snapshot => snapshot.Commit)], _isWhole, contents.Count + partials.Count, contents.Concat(partials).Sum(file => file.Length));
        RefuseWhileBusy();
        if (_request.IsRehearsal) return result;
        try
        {
            if (_isWhole) Directory.Delete(_repo.Folder, recursive: true);
            else Remove(contents.Concat(partials));
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw HubErrors.FolderNotWritable(_repo.Folder, refused);
        }

        return result;
    }

    /// <summary>Files that lie in snapshots themselves, where there are no links.</summary>
    private IEnumerable<FileInfo> Unlinked() => _removed.SelectMany(snapshot => snapshot.Files).Where(file => file.Content == file.Pointer).Select(file => new FileInfo(file.Content));

    /// <summary>What a link leads to outside of the repository's folder is somebody else's.</summary>
    private List<FileInfo> OwnContents()
    {
        var kept = Kept().SelectMany(snapshot => snapshot.Files).Select(file => file.Content).ToHashSet(StringComparer.Ordinal);
        return [.. _removed.SelectMany(snapshot => snapshot.Files).Select(file => file.Content).Where(content => !kept.Contains(content) && content.StartsWith(_repo.Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)).Distinct().Select(content => new FileInfo(content)).Where(file => file.Exists)];
    }

    private List<FileInfo> OwnPartials()
    {
        var kept = Kept().SelectMany(snapshot => _repo.ReadTree(snapshot.Commit) ?? []).Select(file => file.ETag).ToHashSet(StringComparer.Ordinal);
        var own = _removed.SelectMany(snapshot => _repo.ReadTree(snapshot.Commit) ?? []).Select(file => file.ETag).Where(etag => !kept.Contains(etag)).ToHashSet(StringComparer.Ordinal);
        return [.. _repo.Partials.Where(file => own.Contains(file.Name.Split('.')[0]))];
    }

    private IEnumerable<CachedSnapshot> Kept() => _repo.Snapshots.Except(_removed);

    private void RefuseWhileBusy()
    {
        foreach (var path in _repo.Locks)
        {
            using var held = FileLock.TryTake(path) ?? throw HubErrors.Busy(_repo.Repo, path);
        }
    }

    private void Remove(IEnumerable<FileInfo> contents)
    {
        // The names go first: whoever looks meanwhile finds the commit or does not, but never half of it under its name.
        foreach (var revision in _removed.SelectMany(snapshot => snapshot.Refs)) DeleteWithFolders(_repo.RefPath(revision), Path.Join(_repo.Folder, "refs"));
        foreach (var snapshot in _removed)
        {
            File.Delete(_repo.TreePath(snapshot.Commit));
            if (Path.Join(_repo.Folder, ".no_exist", snapshot.Commit) is var absent && Directory.Exists(absent)) Directory.Delete(absent, recursive: true);
            Directory.Delete(snapshot.Folder, recursive: true);
        }

        foreach (var content in contents) content.Delete();
    }

    private static void DeleteWithFolders(string path, string root)
    {
        File.Delete(path);
        for (var folder = Path.GetDirectoryName(path)!; folder != root && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!) Directory.Delete(folder);
    }
}
