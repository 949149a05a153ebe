using System.Diagnostics;
using System.Text.Json;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Hub.Tests;

/// <summary>Downloads by the real agent process, spoken to over its standard streams as over SSH.</summary>
public sealed class AgentDownloadTests : IDisposable
{
    private const string Canary = "hf_canary_7531";

    private readonly HubFixture _fixture = new(BigRepo());
    private readonly List<Process> _agents = [];

    private string Root => Path.Join(_fixture.Folder, "root");

    private string JobFolder => Directory.EnumerateDirectories(Path.Join(Root, "jobs")).Single();

    [Fact]
    public async Task A_model_arrives_and_the_token_lies_nowhere()
    {
        await using var client = Connect();
        var reports = new List<DownloadProgress>();
        var model = await client.InvokeAsync(ModelOperations.Get, Args(), item =>
        {
            reports.Add(item);
            return ValueTask.CompletedTask;
        }, default);
        _fixture.AssertComplete(model.Path);
        Assert.StartsWith(Path.Join(_fixture.Folder, "hf", "hub"), model.Path, StringComparison.Ordinal);
        Assert.NotEmpty(reports);
        Assert.Contains(_fixture.Hub.Log, entry => entry.Authorization == "Bearer " + Canary);
        foreach (var file in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)) Assert.DoesNotContain(Canary, File.ReadAllText(file), StringComparison.Ordinal);
        var again = await client.InvokeAsync(ModelOperations.Get, Args(), null, default);
        Assert.Equal(0, again.Downloaded);
    }

    [Fact]
    public async Task A_plan_is_made_on_the_rig()
    {
        await using var client = Connect();
        var plan = await client.InvokeAsync(ModelOperations.Plan, _fixture.Request, null, default);
        Assert.Equal((1, 1, 4_000_000L), (plan.FileCount, plan.MissingFileCount, plan.MissingSize));
    }

    [Fact]
    public async Task A_named_error_crosses_the_connection_and_a_bad_request_starts_nothing()
    {
        await using var client = Connect();
        var missing = await Assert.ThrowsAsync<LlmOpsException>(() => client.InvokeAsync(ModelOperations.Get, Args(_fixture.Request with { Revision = "v9" }), null, default));
        Assert.Equal("RevisionNotFound", missing.ErrorId);
        Directory.Delete(Path.Join(Root, "jobs"), recursive: true);
        var invalid = await Assert.ThrowsAsync<LlmOpsException>(() => client.InvokeAsync(ModelOperations.Get, Args(_fixture.Request with { Id = "no//id" }), null, default));
        Assert.Equal("ModelIdInvalid", invalid.ErrorId);
        Assert.False(Directory.Exists(Path.Join(Root, "jobs")));
    }

    [Fact]
    public async Task A_lost_connection_does_not_stop_it_and_it_is_joined()
    {
        _fixture.Hub.Rate = 1_000_000;
        var args = Args();
        var first = Connect();
        var underWay = new TaskCompletionSource();
        var lost = first.InvokeAsync(ModelOperations.Get, args, Signal(underWay), default);
        await underWay.Task;
        _agents[0].Kill();
        await Assert.ThrowsAsync<RigConnectionLostException>(() => lost);
        await first.DisposeAsync();
        var job = JobPid();
        Assert.True(ProcessTree.IsAlive(job));
        await using var second = Connect();
        var joined = second.InvokeAsync(ModelOperations.Get, args, null, default);
        Assert.Equal(job, JobPid());
        _fixture.Hub.Rate = 0;
        var model = await joined;
        _fixture.AssertComplete(model.Path);
        Assert.Equal(1, _fixture.Hub.Count("info"));
        Assert.Equal(4_000_000, _fixture.Hub.CdnBytes);
        Assert.Equal(4_000_000, model.Downloaded);
    }

    [Fact]
    public async Task Over_a_connection_that_is_cut_again_and_again_no_byte_comes_twice()
    {
        _fixture.Hub.Rate = 50_000; // so slow, on one connection, that even a busy machine cuts it six times before its end
        var args = Args(_fixture.Request with { MaxConnection = 1 });
        HfModel? model = null;
        var cuts = 0;
        while (model is null)
        {
            await using var client = Connect();
            var agent = _agents[^1];
            var from = _fixture.Hub.CdnBytes;
            try
            {
                model = await client.InvokeAsync(ModelOperations.Get, args, item =>
                {
                    if (cuts == 6 || item.BytesDone == 0 || _fixture.Hub.CdnBytes < from + 50_000) return ValueTask.CompletedTask;
                    cuts++;
                    agent.Kill();
                    if (cuts == 6) _fixture.Hub.Rate = 0;
                    return ValueTask.CompletedTask;
                }, default);
            }
            catch (RigConnectionLostException)
            {
            }
        }

        Assert.Equal(6, cuts);
        _fixture.AssertComplete(model.Path);
        Assert.InRange(_fixture.Hub.CdnBytes, 4_000_000, 4_000_000 * 105 / 100);
    }

    [Fact]
    public async Task Killed_with_SIGKILL_it_goes_on_where_it_was()
    {
        _fixture.Hub.Rate = 1_000_000;
        await using var client = Connect();
        var underWay = new TaskCompletionSource();
        var dying = client.InvokeAsync(ModelOperations.Get, Args(), Signal(underWay), default);
        await underWay.Task;
        await WaitUntilAsync(() => Saved() > 1_000_000);
        Process.GetProcessById(JobPid()).Kill();
        Assert.Equal("JobDied", (await Assert.ThrowsAsync<LlmOpsException>(() => dying)).ErrorId);
        var saved = Saved();
        _fixture.Hub.Rate = 0;
        var model = await client.InvokeAsync(ModelOperations.Get, Args(), null, default);
        _fixture.AssertComplete(model.Path);
        Assert.Equal(4_000_000 - saved, model.Downloaded);
    }

    [Fact]
    public async Task Killed_again_and_again_it_brings_the_right_file_and_hardly_a_byte_twice()
    {
        _fixture.Hub.Rate = 500_000;
        await using var client = Connect();
        var random = new Random(26);
        for (var kill = 1; kill <= 4; kill++)
        {
            var saved = Saved();
            var dying = client.InvokeAsync(ModelOperations.Get, Args(), null, default);
            await WaitUntilAsync(() => Saved() > saved + random.Next(100_000, 400_000));
            Process.GetProcessById(JobPid()).Kill();
            Assert.Equal("JobDied", (await Assert.ThrowsAsync<LlmOpsException>(() => dying)).ErrorId);
        }

        _fixture.Hub.Rate = 0;
        var model = await client.InvokeAsync(ModelOperations.Get, Args(), null, default);
        _fixture.AssertComplete(model.Path);
        Assert.InRange(_fixture.Hub.CdnBytes, 4_000_000, 6_000_000);
    }

    [Fact]
    public async Task Cancelling_ends_it_on_the_rig_and_keeps_what_has_arrived()
    {
        _fixture.Hub.Rate = 1_000_000;
        await using var client = Connect();
        using var stop = new CancellationTokenSource();
        var underWay = new TaskCompletionSource();
        var cancelled = client.InvokeAsync(ModelOperations.Get, Args(), Signal(underWay), stop.Token);
        await underWay.Task;
        var job = JobPid();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await WaitUntilAsync(() => !ProcessTree.IsAlive(job));
        Assert.True(Saved() > 0);
    }

    public void Dispose()
    {
        foreach (var agent in _agents)
        {
            if (!agent.HasExited) agent.Kill();
            agent.WaitForExit();
            agent.Dispose();
        }

        _fixture.Dispose();
    }

    private static FakeRepo BigRepo()
    {
        var repo = new FakeRepo();
        repo.AddLarge("model.bin", 4_000_000, 5);
        return repo;
    }

    private static Func<DownloadProgress, ValueTask> Signal(TaskCompletionSource underWay) => item =>
    {
        if (item.BytesDone > 100_000) underWay.TrySetResult();
        return ValueTask.CompletedTask;
    };

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (var began = Stopwatch.StartNew(); !condition();)
        {
            Assert.True(began.Elapsed < TimeSpan.FromSeconds(30), "It did not come to pass within 30 s.");
            await Task.Delay(20);
        }
    }

    private long Saved() =>
        Directory.EnumerateFiles(_fixture.Folder, "*.llmops-state.incomplete", SearchOption.AllDirectories).Select(path => PartialFileJournal.Read(path, _fixture.Repo.Files["model.bin"].ETag, 4_000_000).Sum(range => range.End - range.Start)).SingleOrDefault();

    private int JobPid()
    {
        using var state = JsonDocument.Parse(File.ReadAllBytes(Path.Join(JobFolder, "state.json")));
        return state.RootElement.GetProperty("pid").GetInt32();
    }

    private ModelGetArgs Args(ModelRequest? request = null) => new((request ?? _fixture.Request) with { Token = Canary }, Guid.NewGuid().ToString("N"));

    private AgentClient Connect()
    {
        var start = new ProcessStartInfo(Path.Join(AppContext.BaseDirectory, "llmops-agent"), "serve") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["LLMOPS_ROOT"] = Root;
        start.Environment["HF_ENDPOINT"] = _fixture.Hub.Endpoint;
        start.Environment["HF_HOME"] = Path.Join(_fixture.Folder, "hf");
        foreach (var name in new[] { "HF_TOKEN", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE" }) start.Environment.Remove(name);
        var agent = Process.Start(start)!;
        _agents.Add(agent);
        return new AgentClient(agent.StandardOutput.BaseStream, agent.StandardInput.BaseStream, "test", TimeProvider.System);
    }
}
