namespace LlmOps.Hub.Tests;

/// <summary>What a download does when the volume that it writes to lets it down: each time a named error, and nothing lost.</summary>
public sealed class VolumeTests
{
    private const int Size = 4_000_000;

    private readonly FakeRepo _repo = new();

    public VolumeTests() => _repo.AddLarge("model.bin", Size, 3);

    [FactAsRoot]
    public async Task A_volume_that_fills_up_meanwhile_is_named_and_what_has_arrived_counts_later()
    {
        using var volume = new TemporaryVolume(Size * 2);
        using var fixture = new HubFixture(_repo);
        fixture.Hub.Rate = 300_000;
        var request = fixture.Request with { CacheFolder = volume.Path };
        var filler = Path.Join(volume.Path, "filler");
        var isFull = false;
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => fixture.Download(request).RunAsync(progress =>
        {
            if (isFull || progress.BytesDone < Size / 4) return;
            isFull = true;
            Fill(filler);
        }, default));
        Assert.Equal("DiskFull", failure.ErrorId);
        Assert.Contains(volume.Path, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(volume.Path, _repo.Files["model.bin"].ETag, SearchOption.AllDirectories));
        File.Delete(filler);
        fixture.Hub.Rate = 0;
        var plan = await fixture.Download(request).PlanAsync(default);
        Assert.InRange(plan.MissingSize, 1, Size * 3 / 4);
        var model = await fixture.GetAsync(request);
        Assert.Equal(plan.MissingSize, model.Downloaded);
        Assert.Equal(_repo.Files["model.bin"].Content, File.ReadAllBytes(Path.Join(model.Path, "model.bin")));
    }

    [FactAsRoot]
    public async Task A_volume_that_cannot_be_written_is_named_before_anything_is_fetched()
    {
        using var volume = new TemporaryVolume(Size * 2);
        volume.MakeReadOnly();
        using var fixture = new HubFixture(_repo);
        var request = fixture.Request with { CacheFolder = volume.Path };
        Assert.Equal("ModelFolderNotWritable", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.GetAsync(request))).ErrorId);
        Assert.Equal("ModelFolderNotWritable", (await Assert.ThrowsAsync<LlmOpsException>(() => fixture.Download(request).PlanAsync(default))).ErrorId);
        Assert.Equal(0, fixture.Hub.Count("resolve"));
    }

    [FactAsRoot]
    public async Task A_complete_model_is_found_on_a_volume_that_cannot_be_written()
    {
        using var volume = new TemporaryVolume(Size * 2);
        using var fixture = new HubFixture(_repo);
        var request = fixture.Request with { CacheFolder = volume.Path };
        var first = await fixture.GetAsync(request);
        volume.MakeReadOnly();
        var again = await fixture.GetAsync(request);
        Assert.Equal((first.Path, 0L), (again.Path, again.Downloaded));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_is_set_back_meanwhile_changes_nothing(bool isLocal)
    {
        using var fixture = new HubFixture(_repo);
        fixture.Hub.Rate = 1_000_000;
        var request = fixture.Request with { LocalFolder = isLocal ? Path.Join(fixture.Folder, "local") : null };
        var clock = new SetBackClock();
        var progress = new List<DownloadProgress>();
        var model = await new ModelDownload(request, fixture.Environment, clock, HubFixture.Limits).RunAsync(item =>
        {
            progress.Add(item);
            if (item.BytesDone > Size / 2) clock.SetBack(TimeSpan.FromDays(400));
        }, default);
        Assert.Equal(_repo.Files["model.bin"].Content, File.ReadAllBytes(Path.Join(model.Path, "model.bin")));
        Assert.InRange(fixture.Hub.CdnBytes, Size, Size * 1.05); // a range that two share may be sent a little beyond where they meet
        Assert.Equal(progress.Select(item => item.BytesDone).Order(), progress.Select(item => item.BytesDone));
        Assert.All(progress, item => Assert.False(item.Remaining < TimeSpan.Zero));
        Assert.Equal(0, (await new ModelDownload(request, fixture.Environment, clock, HubFixture.Limits).RunAsync(null, default)).Downloaded);
        Assert.Equal(0, (await fixture.GetAsync(request)).Downloaded);
    }

    private static void Fill(string path)
    {
        using var filler = File.Create(path, 1);
        try
        {
            var block = new byte[4096];
            while (true) filler.Write(block);
        }
        catch (IOException)
        {
            // No room is left, as it should be.
        }
    }

    private sealed class SetBackClock : TimeProvider
    {
        private long _back;

        public void SetBack(TimeSpan by) => Interlocked.Exchange(ref _back, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - TimeSpan.FromTicks(Interlocked.Read(ref _back));
    }
}
