using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LlmOps.Hub;
using LlmOps.Hub.Tests;

namespace LlmOps.Models.Tests;

/// <summary>The cmdlets around Get-HfModel, against a Hub on real sockets and a cache of real files.</summary>
public sealed class ModelCmdletTests : IDisposable
{
    private readonly FakeRepo _repo = Repo();
    private readonly FakeHub _hub;
    private readonly string _cache = Directory.CreateTempSubdirectory("llmops-models-").FullName;
    private readonly PowerShell _shell;

    public ModelCmdletTests()
    {
        _hub = new FakeHub(_repo);
        Environment.SetEnvironmentVariable("HF_ENDPOINT", _hub.Endpoint);
        var session = InitialSessionState.CreateDefault2();
        foreach (var (name, type) in new[]
                 {
                     ("Get-HfModel", typeof(GetHfModelCommand)), ("Get-HfModelFile", typeof(GetHfModelFileCommand)), ("Find-HfModel", typeof(FindHfModelCommand)),
                     ("Remove-HfModel", typeof(RemoveHfModelCommand)), ("Test-HfModel", typeof(TestHfModelCommand)),
                 })
            session.Commands.Add(new SessionStateCmdletEntry(name, type, null));
        _shell = PowerShell.Create(session);
    }

    private string Blobs => Path.Join(_cache, "models--acme--model", "blobs");

    [Fact]
    public void Files_are_listed_and_the_chosen_ones_go_on_into_one_download()
    {
        var files = Run<HfModelFile>($"Get-HfModelFile acme/model -CacheDir '{_cache}'");
        Assert.Equal(_repo.Files.Count, files.Count);
        Assert.DoesNotContain(files, file => file.IsCached);
        var model = Assert.Single(Run<HfModel>($"Get-HfModelFile acme/model | Where-Object Kind -eq Config | Get-HfModel -CacheDir '{_cache}'"));
        Assert.Equal((2, "main"), (model.FileCount, model.Revision));
        Assert.Equal(["config.json", "original/params.json"], Run<HfModelFile>($"Get-HfModelFile acme/model -CacheDir '{_cache}' | Where-Object IsCached").Select(file => file.Path));
        Assert.Empty(_shell.Streams.Error);
    }

    [Fact]
    public void What_is_left_out_is_told_and_All_takes_it()
    {
        var model = Assert.Single(Run<HfModel>($"Get-HfModel acme/model -CacheDir '{_cache}' -Verbose"));
        Assert.Equal("PyTorch", Assert.Single(model.LeftOut).What);
        Assert.Contains(_shell.Streams.Verbose, record => record.Message.Contains("PyTorch (1 file, ", StringComparison.Ordinal));
        Assert.Equal(_repo.Files.Count, Assert.Single(Run<HfModel>($"Get-HfModel acme/model -CacheDir '{_cache}' -All")).FileCount);
        Assert.Empty(Run<HfModel>($"Get-HfModel acme/model -CacheDir '{_cache}' -Quantization Q4_K_M"));
        Assert.StartsWith("QuantizationNotFound,", Assert.Single(_shell.Streams.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_fails_where_the_download_would()
    {
        _repo.Files["huge.safetensors"] = new FakeFile([1], IsLarge: true) { ClaimedSize = 1L << 59 };
        Assert.Empty(Run<HfModel>($"Get-HfModel acme/model -CacheDir '{_cache}' -WhatIf"));
        Assert.StartsWith("DiskFull,", Assert.Single(_shell.Streams.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(0, _hub.Count("resolve"));
    }

    [Fact]
    public void What_is_cached_is_listed_by_wildcard_and_flows_into_Remove()
    {
        Run<HfModel>($"Get-HfModel acme/model -CacheDir '{_cache}'");
        var requests = _hub.Log.Count;
        Assert.Empty(Run<CachedModel>($"Get-HfModel other* -Cached -CacheDir '{_cache}'"));
        var cached = Assert.Single(Run<CachedModel>($"Get-HfModel ACME/* -Cached -CacheDir '{_cache}'"));
        Assert.Equal(("acme/model", "main"), (cached.Id, Assert.Single(cached.Refs)));
        Run<object>($"Get-HfModel -Cached -CacheDir '{_cache}' | Remove-HfModel -WhatIf");
        Assert.True(Directory.Exists(Blobs));
        Run<object>($"Get-HfModel -Cached -CacheDir '{_cache}' | Remove-HfModel -Confirm:$false");
        Assert.False(Directory.Exists(Blobs));
        Assert.Empty(_shell.Streams.Error);
        Assert.Equal(requests, _hub.Log.Count);
    }

    [Fact]
    public void A_name_that_is_not_cached_is_an_error_and_the_others_go_on()
    {
        Run<HfModel>($"Get-HfModel acme/model -CacheDir '{_cache}'");
        Run<object>($"Remove-HfModel acme/none, acme/model -CacheDir '{_cache}' -Confirm:$false");
        Assert.StartsWith("ModelNotCached,", Assert.Single(_shell.Streams.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Blobs));
    }

    [Fact]
    public void Cached_refuses_what_only_a_download_takes()
    {
        Assert.StartsWith("SelectionConflict,", Assert.Single(Run<string>("try { Get-HfModel -Cached -All } catch { $_.FullyQualifiedErrorId }")), StringComparison.Ordinal);
    }

    [Fact]
    public void Test_names_the_damage_and_Repair_fetches_that_alone()
    {
        Run<HfModel>($"Get-HfModel acme/model -CacheDir '{_cache}'");
        var path = Path.Join(Blobs, _repo.Files["model-00002-of-00002.safetensors"].ETag);
        var content = File.ReadAllBytes(path);
        content[17] ^= 4;
        File.WriteAllBytes(path, content);
        File.WriteAllText(Path.Join(Blobs, _repo.Files["config.json"].ETag), "");
        var found = Run<TestedModelFile>($"Test-HfModel acme/model -CacheDir '{_cache}'");
        Assert.Equal((5, 3), (found.Count, found.Count(file => file.Verdict == FileVerdict.Ok)));
        var before = _hub.CdnBytes;
        var repaired = Run<TestedModelFile>($"Get-HfModel -Cached -CacheDir '{_cache}' | Test-HfModel -Repair | Where-Object Verdict -ne Ok");
        Assert.Equal([("config.json", FileVerdict.Truncated), ("model-00002-of-00002.safetensors", FileVerdict.Corrupt)], repaired.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => (file.Path, file.Verdict)));
        Assert.All(repaired, file => Assert.True(file.IsRepaired));
        Assert.Equal(before + content.Length, _hub.CdnBytes);
        Assert.All(Run<TestedModelFile>($"Test-HfModel acme/* -CacheDir '{_cache}'"), file => Assert.Equal(FileVerdict.Ok, file.Verdict));
        Assert.Empty(_shell.Streams.Error);
    }

    [Fact]
    public void What_is_found_flows_into_Get_and_a_pipeline_that_has_enough_ends_the_requests()
    {
        _repo.Catalog.Add(FakeSearch.Model("acme/model", 9999, 7_000_000_000, "BF16", "awq"));
        for (var index = 0; index < 250; index++) _repo.Catalog.Add(FakeSearch.Model($"crowd/m{index}", index, 1_000_000));
        var model = Assert.Single(Run<HfModel>($"Find-HfModel -Quantization AWQ -MinSize 6B -MaxSize 20GB | Get-HfModel -CacheDir '{_cache}'"));
        Assert.Equal("acme/model", model.Id);
        Assert.NotEmpty(Run<HfModelFile>("Find-HfModel -Author acme | Get-HfModelFile"));
        var before = _hub.Count("search");
        Assert.Equal(3, Run<FoundModel>("Find-HfModel crowd -First 250 | ForEach-Object -Begin { $n = 0 } -Process { $_; if (++$n -eq 3) { break } }").Count);
        Assert.Equal(before + 1, _hub.Count("search"));
        Assert.Empty(Run<FoundModel>("Find-HfModel -MinSize 20GB"));
        Assert.Empty(Run<FoundModel>("Find-HfModel -MaxSize 1GB -MinSize 0.5GB"));
        Assert.Empty(_shell.Streams.Error);
        Run<FoundModel>("Find-HfModel -MinSize big");
        Assert.Contains("7B", Assert.Single(_shell.Streams.Error).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_Tab_key_offers_quantizations_with_their_sizes()
    {
        _repo.AddLarge("m-Q4_K_M.gguf", 2_000_000, 5);
        _repo.AddLarge("m-Q8_0.gguf", 3_000_000, 6);
        var line = "Get-HfModel acme/model -Quantization Q";
        var offered = CommandCompletion.CompleteInput(line, line.Length, null, _shell).CompletionMatches;
        Assert.Equal(["Q4_K_M", "Q8_0"], offered.Select(match => match.CompletionText));
        Assert.Contains("2", offered[0].ToolTip, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _shell.Dispose();
        _hub.Dispose();
        Directory.Delete(_cache, recursive: true);
    }

    private static FakeRepo Repo()
    {
        var repo = FakeRepo.Typical();
        repo.AddLarge("pytorch_model.bin", 200_000, 7);
        return repo;
    }

    private List<T> Run<T>(string script)
    {
        _shell.Commands.Clear();
        _shell.Streams.ClearStreams();
        Collection<PSObject> output = _shell.AddScript(script).Invoke();
        return [.. output.Select(item => item.BaseObject).OfType<T>()];
    }
}
