namespace LlmOps.Hub.Copying;

/// <summary>One repository in this machine's cache, as the source or the target of a copy.</summary>
public sealed class CachedCopy
{
    private readonly CopyRequest _request;
    private readonly CacheStore _store;

    /// <summary>Prepares it; nothing is read yet.</summary>
    /// <param name="request">What is to be copied.</param>
    /// <param name="environment">Says where the cache is.</param>
    /// <exception cref="LlmOpsException"><c>ModelIdInvalid</c>, <c>RevisionInvalid</c>.</exception>
    public CachedCopy(CopyRequest request, HubEnvironment environment)
    {
        _request = request;
        if (!SafePath.IsSafe(request.Revision, forWindows: true)) throw HubErrors.RevisionInvalid(request.Revision);
        _store = new CacheStore(environment.CacheFolder, HubRepo.Parse(request.RepoType, request.Id), environment.AvoidsSymbolicLinks);
    }

    internal CacheStore Store => _store;

    /// <summary>What is here of it.</summary>
    /// <param name="agent">The path of the agent that asks, or null.</param>
    /// <exception cref="LlmOpsException"><c>CopySourceLacksModel</c>.</exception>
    public CopyListing List(string? agent)
    {
        var commit = LowerHex.IsCommit(_request.Revision) ? _request.Revision : _store.ReadRevision(_request.Revision) ?? throw CopyErrors.SourceLacksModel(_request.Id, _request.Revision, _store.Folder);
        var tree = _store.ReadTree(commit);
        HubFile[] files = [.. (tree ?? ReadSnapshot(commit)).Where(file => _store.Find(commit, file) == FilePresence.Present)];
        return files.Length > 0 ? new CopyListing(commit, files, tree, agent) : throw CopyErrors.SourceLacksModel(_request.Id, _request.Revision, _store.Folder);
    }

    /// <summary>What a copy to here would send.</summary>
    /// <param name="listing">What the source has.</param>
    /// <param name="agent">The path of the agent that asks, or null.</param>
    /// <exception cref="LlmOpsException"><c>HubPathUnsafe</c>.</exception>
    public CopyPlan Plan(CopyListing listing, string? agent)
    {
        Check(listing.Commit, listing.Files);
        HubFile[] missing = [.. listing.Files.Where(file => _store.Find(listing.Commit, file) != FilePresence.Present)];
        return new CopyPlan(_store.FolderOf(listing.Commit), missing, missing.DistinctBy(file => file.ETag).Sum(file => file.Size - ArrivedOf(file)), DiskSpace.Free(_store.Folder), agent);
    }

    /// <summary>Completes the snapshot when all files are here: what was here already becomes part of it, and the revision and the list of files are kept.</summary>
    /// <param name="listing">What the source has.</param>
    /// <returns>The model.</returns>
    public HfModel End(CopyListing listing)
    {
        Check(listing.Commit, listing.Files);
        _store.Begin();
        foreach (var file in listing.Files) _store.Adopt(listing.Commit, file);
        if (listing.Tree is { } tree) _store.End(_request.Revision, listing.Commit, tree);
        else _store.SetRevision(_request.Revision, listing.Commit);
        return new HfModel
        {
            Id = _request.Id,
            Revision = _request.Revision,
            Commit = listing.Commit,
            Path = _store.FolderOf(listing.Commit),
            Size = listing.Files.Sum(file => file.Size),
            FileCount = listing.Files.Count,
        };
    }

    /// <summary>Opens a file that is here, at a position.</summary>
    /// <param name="item">The file and the position.</param>
    /// <exception cref="LlmOpsException"><c>HubPathUnsafe</c>, <c>CopySourceLacksModel</c>.</exception>
    public FileStream OpenRead(CopyItem item)
    {
        Check(item.Commit, [item.File]);
        if (_store.Find(item.Commit, item.File) != FilePresence.Present) throw CopyErrors.SourceLacksModel(_request.Id, _request.Revision, _store.Folder);
        var path = Path.Join(_store.FolderOf(item.Commit), SafePath.Validate(item.File.Path));
        var stream = new FileStream(File.Exists(path) ? path : _store.BlobPath(item.File), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
        stream.Position = item.Offset;
        return stream;
    }

    /// <summary>What comes from another machine names files here: it must not lead elsewhere.</summary>
    private static void Check(string commit, IEnumerable<HubFile> files)
    {
        if (!LowerHex.IsCommit(commit)) throw HubErrors.PathUnsafe(commit);
        foreach (var file in files)
        {
            SafePath.Validate(file.Path);
            if (file.IsMasked || file.Size < 0) throw HubErrors.PathUnsafe(file.Path);
        }
    }

    private long ArrivedOf(HubFile file) => new FileInfo(_store.CopyPath(file)) is { Exists: true } partial ? Math.Min(partial.Length, file.Size) : 0;

    /// <summary>The files of a snapshot whose list an older <c>hf</c> has not kept: a link's target is named by the hash.</summary>
    private IEnumerable<HubFile> ReadSnapshot(string commit) =>
        Directory.Exists(_store.FolderOf(commit)) ? new CachedSnapshot(_store.FolderOf(commit), []).Files.Where(file => file.Size is not null).Select(file => file.Listed).OfType<HubFile>() : [];
}
