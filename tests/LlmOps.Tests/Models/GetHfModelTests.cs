using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LlmOps.Hub;
using LlmOps.Hub.Tests;

namespace LlmOps.Models.Tests;

public sealed class GetHfModelTests : IDisposable
{
    private readonly FakeHub _hub = new(FakeRepo.Typical(4_000_000));
    private readonly string _cache = Directory.CreateTempSubdirectory("llmops-get-").FullName;
    private readonly PowerShell _shell;

    public GetHfModelTests()
    {
        Environment.SetEnvironmentVariable("HF_ENDPOINT", _hub.Endpoint);
        var session = InitialSessionState.CreateDefault2();
        session.Commands.Add(new SessionStateCmdletEntry("Get-HfModel", typeof(GetHfModelCommand), null));
        _shell = PowerShell.Create(session);
    }

    private string Folder => Path.Join(_cache, "models--acme--model", "snapshots", FakeRepo.Commit);

    [Fact]
    public void It_returns_the_model_and_shows_progress_to_its_end()
    {
        var model = Assert.IsType<HfModel>(Assert.Single(Run($"Get-HfModel acme/model -CacheDir '{_cache}'")).BaseObject);
        Assert.Equal((Folder, FakeRepo.Commit, 5), (model.Path, model.Commit, model.FileCount));
        Assert.Null(model.Rig);
        Assert.True(File.Exists(Path.Join(Folder, "config.json")));
        Assert.Empty(_shell.Streams.Error);
        Assert.Equal(ProgressRecordType.Completed, _shell.Streams.Progress.Last().RecordType);
    }

    [Fact]
    public void WhatIf_fetches_nothing()
    {
        Assert.Empty(Run($"Get-HfModel acme/model -CacheDir '{_cache}' -WhatIf"));
        Assert.Equal(1, _hub.Count("tree"));
        Assert.Equal(0, _hub.Count("resolve"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_cache));
    }

    [Fact]
    public void One_bad_id_does_not_stop_the_others()
    {
        Assert.Single(Run($"'bad//id', 'acme/model' | ForEach-Object {{ [pscustomobject]@{{ Id = $_ }} }} | Get-HfModel -CacheDir '{_cache}'"));
        var error = Assert.Single(_shell.Streams.Error);
        Assert.Equal("ModelIdInvalid,LlmOps.Models.GetHfModelCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData("'hf_plain'")]
    [InlineData("([System.Net.NetworkCredential]::new('', 'hf_plain').SecurePassword)")]
    public void The_token_may_be_text_or_secure(string token)
    {
        Run($"Get-HfModel acme/model -CacheDir '{_cache}' -Include config.json -Token {token}");
        Assert.NotEmpty(_hub.Log);
        Assert.All(_hub.Log, entry => Assert.Equal("Bearer hf_plain", entry.Authorization));
    }

    [Fact]
    public void A_local_directory_is_relative_to_the_location()
    {
        var model = (HfModel)Assert.Single(Run($"[void]$ExecutionContext.SessionState.Path.SetLocation('{_cache}'); Get-HfModel acme/model -LocalDir here -Include '*.json'")).BaseObject;
        Assert.Equal((Path.Join(_cache, "here"), 2), (model.Path, model.FileCount));
        Run("Get-HfModel acme/model -LocalDir a -CacheDir b");
        Assert.IsType<ParameterBindingException>(Assert.Single(_shell.Streams.Error).Exception, exactMatch: false);
    }

    [Fact]
    public async Task Ctrl_C_stops_it_and_keeps_what_has_arrived()
    {
        _hub.Rate = 200_000;
        _shell.AddScript($"Get-HfModel acme/model -CacheDir '{_cache}'");
        var running = _shell.BeginInvoke();
        while (_hub.CdnBytes < 200_000) await Task.Delay(20);
        await _shell.StopAsync(null, null);
        Assert.Throws<PipelineStoppedException>(() => _shell.EndInvoke(running));
        Assert.NotEmpty(Directory.EnumerateFiles(_cache, "*.llmops-state.incomplete", SearchOption.AllDirectories));
    }

    public void Dispose()
    {
        _shell.Dispose();
        _hub.Dispose();
        Directory.Delete(_cache, recursive: true);
    }

    private System.Collections.ObjectModel.Collection<PSObject> Run(string script)
    {
        _shell.Commands.Clear();
        return _shell.AddScript(script).Invoke();
    }
}
