using System.Security.Cryptography;
using System.Text;

namespace LlmOps.Hub.Tests;

public sealed class CachedModelTests : IDisposable
{
    private const string Old = "aaaa000000000000000000000000000000000000";
    private const string New = "bbbb000000000000000000000000000000000000";

    private readonly string _cache = Directory.CreateTempSubdirectory("llmops-cache-").FullName;

    [Fact]
    public void A_cache_that_hf_wrote_is_read_with_shared_contents_counted_once()
    {
        WriteAsHf();
        var model = Assert.Single(new CachedModels(_cache).Describe(), found => found.RepoType == HubRepoType.Model);
        Assert.Equal(("acme/tiny-model", 100 + 2000 + 3000 + 70, 3, 1, 70L), (model.Id, model.Size, model.FileCount, model.PartialCount, model.PartialSize));
        Assert.True(model.IsPartial);
        Assert.Equal(new DateTime(2026, 5, 1, 0, 0, 0, DateTimeKind.Utc), model.LastUsed!.Value.UtcDateTime);
        Assert.Equal([New, Old], model.Revisions.Select(revision => revision.Commit));
        Assert.Equal(["main", "refs/pr/1"], model.Revisions[0].Refs);
        Assert.Equal((3100L, 2), (model.Revisions[0].Size, model.Revisions[0].FileCount));
        Assert.Equal(["v0.9"], model.Revisions[1].Refs);
    }

    [Fact]
    public void Datasets_spaces_and_what_has_only_begun_are_listed_and_other_folders_are_not()
    {
        WriteAsHf();
        Write("datasets--acme--data/snapshots/" + Old + "/a.csv", 5);
        Write("spaces--acme--demo/refs/main", 5);
        Write("models--acme--begun/blobs/" + new string('c', 64) + ".llmops.incomplete", 50);
        Directory.CreateDirectory(Path.Join(_cache, "version.txt--odd"));
        Directory.CreateDirectory(Path.Join(_cache, ".locks"));
        Assert.Equal(["acme/begun", "acme/data", "acme/demo", "acme/tiny-model"], new CachedModels(_cache).Describe().Select(model => model.Id));
        Assert.Equal(["acme/tiny-model"], new CachedModels(_cache).List());
        Assert.Empty(new CachedModels(Path.Join(_cache, "nowhere")).Describe());
    }

    [Fact]
    public void A_revision_takes_with_it_only_what_no_other_needs()
    {
        WriteAsHf();
        var rehearsal = Remove("v0.9", isRehearsal: true);
        Assert.Equal((false, 1, 2000L), (rehearsal.IsWhole, rehearsal.FileCount, rehearsal.Size));
        Assert.True(Directory.Exists(Path.Join(Repo, "snapshots", Old)));
        Assert.Equal(rehearsal.Size, Remove("aaaa").Size);
        Assert.False(Directory.Exists(Path.Join(Repo, "snapshots", Old)));
        Assert.False(File.Exists(Path.Join(Repo, "refs", "v0.9")));
        Assert.False(File.Exists(Path.Join(Repo, "trees", Old + ".json")));
        Assert.Equal(["config.json", "model.safetensors"], Directory.EnumerateFiles(Path.Join(Repo, "snapshots", New)).Select(Path.GetFileName).Order());
        Assert.All(Directory.EnumerateFiles(Path.Join(Repo, "snapshots", New)), file => Assert.NotEmpty(File.ReadAllBytes(file)));
        Assert.Equal(3, Directory.GetFiles(Path.Join(Repo, "blobs")).Length); // two contents, and a download that may be anybody's
    }

    [Fact]
    public void All_of_it_goes_with_unfinished_downloads_and_locks_stay()
    {
        WriteAsHf();
        Write(".locks/models--acme--tiny-model/x.lock", 0);
        var removed = Remove();
        Assert.Equal((true, 4, 5170L), (removed.IsWhole, removed.FileCount, removed.Size));
        Assert.False(Directory.Exists(Repo));
        Assert.True(File.Exists(Path.Join(_cache, ".locks", "models--acme--tiny-model", "x.lock")));
        Assert.Equal("ModelNotCached", Assert.Throws<LlmOpsException>(() => Remove()).ErrorId);
    }

    [Fact]
    public void A_ref_in_a_folder_takes_the_folder_along()
    {
        WriteAsHf();
        Remove("refs/pr/1");
        Assert.Equal(["v0.9"], Directory.EnumerateFileSystemEntries(Path.Join(Repo, "refs")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_download_that_runs_is_not_disturbed()
    {
        WriteAsHf();
        using (FileLock.TryTake(Path.Join(_cache, ".locks", "models--acme--tiny-model", "x.lock")))
        {
            Assert.Equal("ModelBusy", Assert.Throws<LlmOpsException>(() => Remove()).ErrorId);
            Assert.Equal("ModelBusy", Assert.Throws<LlmOpsException>(() => Remove("main")).ErrorId);
            Assert.True(Directory.Exists(Path.Join(Repo, "snapshots", New)));
        }

        Remove();
    }

    [Fact]
    public void What_a_link_leads_to_outside_stays()
    {
        WriteAsHf();
        var outside = Path.Join(_cache, "precious.txt");
        File.WriteAllText(outside, "mine");
        File.CreateSymbolicLink(Path.Join(Repo, "snapshots", Old, "link"), outside);
        Remove(Old);
        Remove();
        Assert.Equal("mine", File.ReadAllText(outside));
    }

    [Fact]
    public void A_revision_that_is_not_there_is_named_with_those_that_are()
    {
        WriteAsHf();
        var failure = Assert.Throws<LlmOpsException>(() => Remove("v2"));
        Assert.Equal("RevisionNotCached", failure.ErrorId);
        Assert.Contains("v0.9", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    private string Repo => Path.Join(_cache, "models--acme--tiny-model");

    private RemovedModel Remove(string? revision = null, bool isRehearsal = false) => new ModelRemoval(
        new ModelRemovalRequest { Id = "acme/tiny-model", Revisions = revision is null ? [] : [revision], CacheFolder = _cache, IsRehearsal = isRehearsal },
        new HubEnvironment(_ => null)).Run();

    private void WriteAsHf()
    {
        var config = Blob("config", 100, isLarge: false);
        var before = Blob("old", 2000, isLarge: true);
        var after = Blob("new", 3000, isLarge: true);
        foreach (var (commit, model) in new[] { (Old, before), (New, after) })
        {
            var folder = Path.Join(Repo, "snapshots", commit);
            Directory.CreateDirectory(folder);
            File.CreateSymbolicLink(Path.Join(folder, "config.json"), "../../blobs/" + config);
            File.CreateSymbolicLink(Path.Join(folder, "model.safetensors"), "../../blobs/" + model);
            Write($"models--acme--tiny-model/trees/{commit}.json", 2);
        }

        foreach (var (revision, commit) in new[] { ("main", New), ("refs/pr/1", New), ("v0.9", Old) })
        {
            var path = Path.Join(Repo, "refs", revision);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, commit);
        }

        Write("models--acme--tiny-model/blobs/" + new string('d', 64) + ".1a2b3c4d.incomplete", 70);
        File.SetLastWriteTimeUtc(Path.Join(Repo, "blobs", after), new DateTime(2026, 4, 2, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastAccessTimeUtc(Path.Join(Repo, "blobs", after), new DateTime(2026, 5, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    private string Blob(string seed, int size, bool isLarge)
    {
        var name = Convert.ToHexStringLower(isLarge ? SHA256.HashData(Encoding.ASCII.GetBytes(seed)) : SHA1.HashData(Encoding.ASCII.GetBytes(seed)));
        var path = Write("models--acme--tiny-model/blobs/" + name, size);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 4, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastAccessTimeUtc(path, new DateTime(2026, 4, 1, 0, 0, 0, DateTimeKind.Utc));
        return name;
    }

    private string Write(string path, int size)
    {
        var full = Path.Join(_cache, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, new byte[size]);
        return full;
    }
}
