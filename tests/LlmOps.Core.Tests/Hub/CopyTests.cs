using System.Diagnostics;
using System.Globalization;
using LlmOps.Hub.Copying;
using LlmOps.Protocol;
using LlmOps.Rigs;

namespace LlmOps.Hub.Tests;

/// <summary>Copies between machines: real agent processes with caches of their own, reached over links that can be cut.</summary>
public sealed class CopyTests : IAsyncDisposable
{
    private readonly HubFixture _fixture = new(FakeRepo.Typical(8_000_000));
    private readonly List<IAsyncDisposable> _open = [];

    private static CopyRequest Request => new(HubRepoType.Model, "acme/model", "main");

    [Fact]
    public async Task From_here_to_a_rig_the_cache_is_laid_out_as_here()
    {
        await _fixture.GetAsync();
        var rig = Rig("a");
        var model = await CopyAsync(Here, rig);
        Assert.Equal((Size, "a"), (model.Downloaded, model.Rig!.Name));
        Assert.Equal(Tree(_fixture.Cache), Tree(rig.Cache));
        Assert.Equal(0, (await CopyAsync(Here, rig)).Downloaded);
    }

    [Fact]
    public async Task From_a_rig_to_here_and_on_to_another_rig()
    {
        await _fixture.GetAsync();
        var (first, second) = (Rig("a"), Rig("b"));
        await CopyAsync(Here, first);
        Assert.Equal(Size, (await CopyAsync(first, second)).Downloaded);
        Assert.Equal(Tree(_fixture.Cache), Tree(second.Cache));
        var before = Tree(_fixture.Cache);
        Directory.Delete(_fixture.Cache, recursive: true);
        Assert.Equal(Size, (await CopyAsync(second, Here)).Downloaded);
        Assert.Equal(before, Tree(_fixture.Cache));
    }

    [Fact]
    public async Task What_is_there_is_skipped_and_a_part_is_completed()
    {
        await _fixture.GetAsync();
        var rig = Rig("a");
        var large = _fixture.Repo.Files["model-00001-of-00002.safetensors"];
        var blobs = Directory.CreateDirectory(Path.Join(rig.Cache, "models--acme--model", "blobs")).FullName;
        File.WriteAllBytes(Path.Join(blobs, _fixture.Repo.Files["config.json"].ETag), _fixture.Repo.Files["config.json"].Content);
        File.WriteAllBytes(Path.Join(blobs, large.ETag + ".llmops-copy.incomplete"), large.Content[..3_000_000]);
        Assert.Equal(Size - 3_000_000 - _fixture.Repo.Files["config.json"].Size, (await CopyAsync(Here, rig)).Downloaded);
        Assert.Equal(Tree(_fixture.Cache), Tree(rig.Cache));
    }

    [Fact]
    public async Task A_part_that_was_damaged_is_sent_anew()
    {
        await _fixture.GetAsync();
        var rig = Rig("a");
        var large = _fixture.Repo.Files["model-00001-of-00002.safetensors"];
        var blobs = Directory.CreateDirectory(Path.Join(rig.Cache, "models--acme--model", "blobs")).FullName;
        File.WriteAllBytes(Path.Join(blobs, large.ETag + ".llmops-copy.incomplete"), new byte[3_000_000]);
        await CopyAsync(Here, rig);
        Assert.Equal(Tree(_fixture.Cache), Tree(rig.Cache));
    }

    [Fact]
    public async Task A_damaged_source_is_named_and_nothing_of_it_is_kept()
    {
        await _fixture.GetAsync();
        var large = _fixture.Repo.Files["model-00001-of-00002.safetensors"];
        var blob = Path.Join(_fixture.RepoFolder, "blobs", large.ETag);
        using (var file = File.OpenWrite(blob))
        {
            file.Position = 5_000_000;
            file.WriteByte((byte)~large.Content[5_000_000]);
        }

        var rig = Rig("a");
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => CopyAsync(Here, rig));
        Assert.Equal(("CopyDamaged", "model-00001-of-00002.safetensors"), (failure.ErrorId, failure.Target));
        Assert.False(File.Exists(Path.Join(rig.Cache, "models--acme--model", "blobs", large.ETag)));
        Assert.False(File.Exists(Path.Join(rig.Cache, "models--acme--model", "refs", "main")));
    }

    [Fact]
    public async Task A_connection_that_breaks_again_and_again_costs_only_what_was_on_its_way()
    {
        await _fixture.GetAsync();
        var (source, target) = (Rig("a"), Rig("b"));
        await CopyAsync(Here, source);
        var cuts = 0;
        var next = 1_000_000L;
        var model = await CopyAsync(source, target, progress =>
        {
            if (progress.Fetched < next || cuts == 5) return;
            next = progress.Fetched + 1_000_000;
            cuts++;
            (cuts % 2 == 0 ? source : target).Cut();
        });
        Assert.Equal(Tree(_fixture.Cache), Tree(target.Cache));
        Assert.InRange(model.Downloaded, Size, Size + (cuts * 4L * 1024 * 1024 * 2));
    }

    [Fact]
    public async Task A_cache_of_an_older_hf_is_copied_too()
    {
        await _fixture.GetAsync();
        Directory.Delete(Path.Join(_fixture.RepoFolder, "trees"), recursive: true);
        var rig = Rig("a");
        await CopyAsync(Here, rig);
        Assert.Equal(Tree(_fixture.Cache), Tree(rig.Cache));
    }

    [Fact]
    public async Task What_is_not_in_the_cache_is_named()
    {
        var (source, target) = (Rig("a"), Rig("b"));
        Assert.Equal("CopySourceLacksModel", (await Assert.ThrowsAsync<LlmOpsException>(() => CopyAsync(Here, target))).ErrorId);
        Assert.Equal("CopySourceLacksModel", (await Assert.ThrowsAsync<LlmOpsException>(() => CopyAsync(source, Here))).ErrorId);
        Assert.False(Directory.Exists(target.Cache));
    }

    [Fact]
    public async Task Nobody_waits_for_a_copy_that_is_stopped_and_it_goes_on_later()
    {
        await _fixture.GetAsync();
        var rig = Rig("a");
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CopyAsync(Here, rig, _ => stop.Cancel(), stop.Token));
        await CopyAsync(Here, rig);
        Assert.Equal(Tree(_fixture.Cache), Tree(rig.Cache));
    }

    [Theory]
    [InlineData("../../escape", null)]
    [InlineData("model.bin", "../escape")]
    public void A_list_from_another_machine_leads_nowhere_else(string path, string? commit)
    {
        var listing = new CopyListing(commit ?? FakeRepo.Commit, [new HubFile(path, 1, new string('a', 40))], null, null);
        Assert.Equal("HubPathUnsafe", Assert.Throws<LlmOpsException>(() => new CachedCopy(Request, _fixture.Environment).Plan(listing, null)).ErrorId);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var open in _open) await open.DisposeAsync();
        _fixture.Dispose();
    }

    private long Size => _fixture.Repo.Files.Values.Sum(file => file.Size);

    private LocalCopyPlace Here => new(_fixture.Environment);

    private static Task<HfModel> CopyAsync(ICopyPlace from, ICopyPlace to, Action<DownloadProgress>? report = null, CancellationToken cancel = default) =>
        new ModelCopy(from, to, Request, 3, TimeSpan.FromSeconds(30), TimeProvider.System).RunAsync(report, cancel);

    private static Task<HfModel> CopyAsync(TestRig from, ICopyPlace to) => CopyAsync(from.Place, to);

    private static Task<HfModel> CopyAsync(ICopyPlace from, TestRig to, Action<DownloadProgress>? report = null, CancellationToken cancel = default) => CopyAsync(from, to.Place, report, cancel);

    private static Task<HfModel> CopyAsync(TestRig from, TestRig to, Action<DownloadProgress>? report = null) => CopyAsync(from.Place, to.Place, report);

    private static List<string> Tree(string cache) => [.. Directory.EnumerateFileSystemEntries(cache, "*", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/.locks", StringComparison.Ordinal))
        .Select(path => $"{Path.GetRelativePath(cache, path)} {new FileInfo(path).LinkTarget} {(File.Exists(path) ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))) : "")}").Order(StringComparer.Ordinal)];

    private TestRig Rig(string name)
    {
        var rig = new TestRig(name, Path.Join(_fixture.Folder, name));
        _open.Add(rig);
        return rig;
    }

    /// <summary>A rig that is a folder: its agents run here, with a cache of their own.</summary>
    private sealed class TestRig : IRigLinkFactory, IRigConnection
    {
        private readonly string _folder;

        public TestRig(string name, string folder)
        {
            _folder = Directory.CreateDirectory(folder).FullName;
            Rig = new GpuRig { Name = name, Kind = RigKind.Local, CreatedAt = DateTimeOffset.UnixEpoch };
            File.WriteAllText(Login, $"#!/bin/sh\nHF_HOME='{folder}/hf' LLMOPS_ROOT='{folder}/root' exec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Login, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        public string Cache => Path.Join(_folder, "hf", "hub");

        public ICopyPlace Place => new RigCopyPlace(this, this, null);

        public GpuRig Rig { get; }

        public bool HasConnected => true;

        private string Login => Path.Join(_folder, "login");

        public Task ConnectAsync(IConnectQuestions? questions, CancellationToken cancel) => Task.CompletedTask;

        public Task<IRigLink> OpenAsync(GpuRig rig, IConnectQuestions? questions, CancellationToken cancel) => Task.FromResult<IRigLink>(new LocalLink(rig.Name, Login));

        public async Task<TResult> InvokeAsync<TArgs, TEvent, TResult>(AgentOperation<TArgs, TEvent, TResult> operation, TArgs args, Func<TEvent, ValueTask>? onEvent, CancellationToken cancel)
        {
            await using var link = new LocalLink(Rig.Name, Login);
            await using var process = await link.StartAsync($"exec '{Path.Join(AppContext.BaseDirectory, "llmops-agent")}' serve", cancel);
            await using var client = new AgentClient(process.StandardOutput, process.StandardInput, Rig.Name, TimeProvider.System);
            return await client.InvokeAsync(operation, args, onEvent, cancel);
        }

        /// <summary>Kills the processes that files come and go on.</summary>
        public void Cut()
        {
            foreach (var process in Process.GetProcessesByName("llmops-agent"))
            {
                using (process)
                {
                    try
                    {
                        var at = $"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/";
                        if (File.ReadAllText(at + "cmdline").Contains("\0copy\0", StringComparison.Ordinal) && File.ReadAllText(at + "environ").Contains($"HF_HOME={_folder}/hf", StringComparison.Ordinal)) process.Kill();
                    }
                    catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or InvalidOperationException)
                    {
                    }
                }
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
