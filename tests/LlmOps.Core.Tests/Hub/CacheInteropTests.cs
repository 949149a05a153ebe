using System.Diagnostics;

namespace LlmOps.Hub.Tests;

/// <summary>What was seen with the real hf, 1.28 and 0.36, on one cache with ours, kept as tests without it.</summary>
public sealed class CacheInteropTests
{
    [Fact]
    public async Task The_list_of_files_is_to_the_letter_what_python_writes()
    {
        var repo = new FakeRepo();
        repo.AddPlain("é/\U0001F600 \"x\"+&<.txt", "1");
        using var fixture = new HubFixture(repo);
        await fixture.GetAsync();
        var expected = "{\n \"format_version\": 1,\n \"files\": {\n  \"\\u00e9/\\ud83d\\ude00 \\\"x\\\"+&<.txt\": {\n   \"size\": 1,\n   \"blob_id\": \"56a6051ca2b02b04ef92d5150c9ef600403cb1de\"\n  }\n }\n}";
        Assert.Equal(expected, File.ReadAllText(Path.Join(fixture.RepoFolder, "trees", FakeRepo.Commit + ".json")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_an_older_hf_nothing_is_fetched(bool withLinks)
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        foreach (var (path, file) in fixture.Repo.Files)
        {
            var blob = Path.Join(fixture.RepoFolder, "blobs", file.ETag);
            var pointer = Path.Join(fixture.Snapshot, path);
            foreach (var place in new[] { blob, pointer }) Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.WriteAllBytes(withLinks ? blob : pointer, file.Content);
            if (withLinks) File.CreateSymbolicLink(pointer, Path.GetRelativePath(Path.GetDirectoryName(pointer)!, blob));
        }

        var missing = Path.Join(fixture.RepoFolder, ".no_exist", FakeRepo.Commit, "adapter_config.json");
        Directory.CreateDirectory(Path.GetDirectoryName(missing)!);
        File.WriteAllText(missing, "");
        Assert.Equal(0, (await fixture.GetAsync()).Downloaded);
        Assert.Equal((0, 0), (fixture.Hub.Count("resolve"), fixture.Hub.Count("cdn")));
        Assert.Equal(FakeRepo.Commit, File.ReadAllText(Path.Join(fixture.RepoFolder, "refs", "main")));
        Assert.True(File.Exists(missing));
        fixture.AssertComplete(fixture.Snapshot);
    }

    [Fact]
    public async Task After_an_hf_of_today_with_a_local_folder_nothing_is_fetched()
    {
        using var fixture = new HubFixture(FakeRepo.Typical());
        var folder = Path.Join(fixture.Folder, "here");
        foreach (var (path, file) in fixture.Repo.Files)
        {
            var record = Path.Join(folder, ".cache", "huggingface", "download", path + ".metadata");
            foreach (var place in new[] { record, Path.Join(folder, path) }) Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.WriteAllBytes(Path.Join(folder, path), file.Content);
            File.WriteAllText(record, $"{FakeRepo.Commit}\n{file.ETag}\n{(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 500) / 1000.0:0.0######}\n");
        }

        Assert.Equal(0, (await fixture.GetAsync(fixture.Request with { LocalFolder = folder })).Downloaded);
        Assert.Equal((0, 0), (fixture.Hub.Count("resolve"), fixture.Hub.Count("cdn")));
    }

    [Fact]
    public async Task A_lock_that_python_would_hold_is_respected_and_ours_is_seen()
    {
        if (!File.Exists("/usr/bin/flock")) return;
        using var fixture = new HubFixture(FakeRepo.Typical());
        var path = Path.Join(fixture.Cache, ".locks", "x.lock");
        using (var held = FileLock.TryTake(path)) Assert.Equal(1, await FlockAsync("-n", path, "true"));
        Assert.Equal(0, await FlockAsync("-n", path, "true"));
        using var other = Process.Start(new ProcessStartInfo("/usr/bin/flock", [path, "/bin/sh", "-c", "echo held; read line"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync());
        Assert.Null(FileLock.TryTake(path));
        other.StandardInput.Close();
        await other.WaitForExitAsync();
        using var free = FileLock.TryTake(path);
        Assert.NotNull(free);
    }

    private static async Task<int> FlockAsync(params string[] arguments)
    {
        using var process = Process.Start("/usr/bin/flock", arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
