using System.Text;
using LlmOps.State;

namespace LlmOps.Hub;

/// <summary>
/// One repository in the cache that <c>hf</c>, transformers and vLLM share: contents by hash in <c>blobs</c>, commits as folders of relative
/// symbolic links in <c>snapshots</c>, revisions in <c>refs</c>, lists of files in <c>trees</c>, locks in <c>.locks</c> of the cache.
/// </summary>
internal sealed class CacheStore(string cache, HubRepo repo, bool avoidsLinks) : IModelStore
{
    private readonly string _repo = Path.Join(cache, repo.FolderName);

    public string Folder => cache;

    public string FolderOf(string commit) => Path.Join(_repo, "snapshots", commit);

    public string? ReadRevision(string revision)
    {
        var path = RefPath(revision);
        return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: 40 } commit && commit.All(char.IsAsciiHexDigit) ? commit : null;
    }

    public IReadOnlyList<HubFile>? ReadTree(string commit) => TreeFile.Read(TreePath(commit));

    public FilePresence Find(string commit, HubFile file)
    {
        if (LengthOf(PointerPath(commit, file)) == file.Size && IsCurrent(PointerPath(commit, file), file)) return FilePresence.Present;
        return LengthOf(BlobPath(file)) == file.Size ? FilePresence.Present : FilePresence.Absent;
    }

    public string LockPath(HubFile file) => Path.Join(cache, ".locks", repo.FolderName, file.ETag + ".lock");

    public string PartialPath(HubFile file) => BlobPath(file) + ".llmops.incomplete";

    public string StatePath(HubFile file) => BlobPath(file) + ".llmops-state.incomplete";

    /// <summary>Where a file arrives that is copied from another machine: always from its beginning on.</summary>
    public string CopyPath(HubFile file) => BlobPath(file) + ".llmops-copy.incomplete";

    public void Install(string commit, HubFile file, string verified)
    {
        File.Move(verified, BlobPath(file), overwrite: true);
        Point(commit, file, move: true);
    }

    public void Adopt(string commit, HubFile file)
    {
        if (File.Exists(BlobPath(file))) Point(commit, file, move: false);
    }

    public void Begin()
    {
        Directory.CreateDirectory(Path.Join(_repo, "blobs"));
        CacheTag.Ensure(cache);
    }

    public void End(string revision, string commit, IReadOnlyList<HubFile> tree)
    {
        TreeFile.Write(TreePath(commit), tree);
        Directory.CreateDirectory(FolderOf(commit));
        SetRevision(revision, commit);
    }

    /// <summary>Keeps what a revision means.</summary>
    public void SetRevision(string revision, string commit)
    {
        if (revision != commit && ReadRevision(revision) != commit) AtomicFile.Write(RefPath(revision), Encoding.ASCII.GetBytes(commit));
    }

    private static long? LengthOf(string path) =>
        new FileInfo(path) is { Exists: true } info && (info.LinkTarget is null ? info : info.ResolveLinkTarget(returnFinalTarget: true)) is FileInfo { Exists: true } target ? target.Length : null;

    private static bool IsCurrent(string pointer, HubFile file) => new FileInfo(pointer).LinkTarget is not { } target || Path.GetFileName(target) == file.ETag;

    /// <summary>Where the content of a file is kept.</summary>
    public string BlobPath(HubFile file) => Path.Join(_repo, "blobs", file.ETag);

    private string PointerPath(string commit, HubFile file) => Path.Join(FolderOf(commit), SafePath.Validate(file.Path));

    private string RefPath(string revision) => Path.Join(_repo, "refs", SafePath.Validate(revision));

    private string TreePath(string commit) => Path.Join(_repo, "trees", commit + ".json");

    private void Point(string commit, HubFile file, bool move)
    {
        var pointer = PointerPath(commit, file);
        var folder = Path.GetDirectoryName(pointer)!;
        var target = Path.GetRelativePath(folder, BlobPath(file));
        if (new FileInfo(pointer).LinkTarget == target) return;
        Directory.CreateDirectory(folder);
        File.Delete(pointer);
        if (!avoidsLinks && TryLink(pointer, target)) return;
        if (move) File.Move(BlobPath(file), pointer);
        else File.Copy(BlobPath(file), pointer);
    }

    private static bool TryLink(string pointer, string target)
    {
        try
        {
            File.CreateSymbolicLink(pointer, target);
            return true;
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException && (OperatingSystem.IsWindows() || !File.Exists(pointer)))
        {
            // Windows wants a privilege or developer mode; some network volumes know no links.
            return false;
        }
    }
}
