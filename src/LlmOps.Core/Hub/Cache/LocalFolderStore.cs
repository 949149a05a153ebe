using System.Security.Cryptography;
using System.Text;
using LlmOps.State;

namespace LlmOps.Hub;

/// <summary>
/// One repository in a folder of the user's, as <c>hf download --local-dir</c> lays it: real files, and below <c>.cache/huggingface</c>
/// what is known of each (commit, hash, when).
/// </summary>
internal sealed class LocalFolderStore(string folder, TimeProvider time) : IModelStore
{
    private readonly string _own = Path.Join(folder, ".cache", "huggingface");

    public string Folder => folder;

    public string FolderOf(string commit) => folder;

    public string? ReadRevision(string revision) => null;

    public IReadOnlyList<HubFile>? ReadTree(string commit) => TreeFile.Read(TreePath(commit));

    public FilePresence Find(string commit, HubFile file)
    {
        var path = PathOf(file);
        if (new FileInfo(path) is not { Exists: true } info || info.Length != file.Size) return FilePresence.Absent;
        return LocalFileRecord.Read(RecordPath(file), path) is { } record && record.ETag == file.ETag ? FilePresence.Present : FilePresence.Unverified;
    }

    public string LockPath(HubFile file) => OwnPath(file) + ".lock";

    public string PartialPath(HubFile file) => PartialStem(file) + ".llmops.incomplete";

    public string StatePath(HubFile file) => PartialStem(file) + ".llmops-state.incomplete";

    public void Install(string commit, HubFile file, string verified)
    {
        var path = PathOf(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(verified, path, overwrite: true);
        Record(commit, file);
    }

    public void Adopt(string commit, HubFile file)
    {
        if (LocalFileRecord.Read(RecordPath(file), PathOf(file)) is not { } record || record.Commit != commit || record.ETag != file.ETag) Record(commit, file);
    }

    public void Begin()
    {
        Directory.CreateDirectory(_own);
        CacheTag.Ensure(_own);
        var ignore = Path.Join(_own, ".gitignore");
        if (!File.Exists(ignore)) AtomicFile.Write(ignore, "*"u8);
    }

    public void End(string revision, string commit, IReadOnlyList<HubFile> tree) => TreeFile.Write(TreePath(commit), tree);

    private string TreePath(string commit) => Path.Join(_own, "trees", commit + ".json");

    private string PathOf(HubFile file) => Path.Join(folder, SafePath.Validate(file.Path));

    private string OwnPath(HubFile file) => Path.Join(_own, "download", SafePath.Validate(file.Path));

    private string RecordPath(HubFile file) => OwnPath(file) + ".metadata";

    private string PartialStem(HubFile file)
    {
        var record = RecordPath(file);
        var hash = Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(record)))).Replace('+', '-').Replace('/', '_');
        return Path.Join(Path.GetDirectoryName(record), $"{hash}.{file.ETag}");
    }

    private void Record(string commit, HubFile file) => new LocalFileRecord(commit, file.ETag, time.GetUtcNow()).Write(RecordPath(file));
}
