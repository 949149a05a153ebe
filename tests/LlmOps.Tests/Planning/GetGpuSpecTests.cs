using LlmOps.Gpus;

namespace LlmOps.Tests.Planning;

/// <summary>Get-GpuSpec in a session.</summary>
public sealed class GetGpuSpecTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Names_wildcards_and_the_pipeline_find_cards()
    {
        Assert.Equal(GpuCatalog.All.Count, _session.Invoke("Get-GpuSpec").All<GpuSpec>().Count);
        Assert.Equal(["A40", "RTX 6000 Ada"], _session.Invoke("'NVIDIA A40', 'rtx 6000 ada' | Get-GpuSpec").All<GpuSpec>().Select(gpu => gpu.Name));
        Assert.Equal(["A100 80GB", "A100 40GB"], _session.Invoke("Get-GpuSpec a100*").All<GpuSpec>().Select(gpu => gpu.Name));
        Assert.Equal(["B200", "B300"], _session.Invoke("Get-GpuSpec B200, B300 | Where-Object { $_.ComputeCapability -ge [version]'10.0' }").All<GpuSpec>().Select(gpu => gpu.Name));
        Assert.Equal("H100", _session.Invoke("@{ Gpu = 'NVIDIA H100 80GB HBM3' } | ForEach-Object { [pscustomobject]$_ } | Get-GpuSpec").Single<GpuSpec>().Name);
    }

    [Fact]
    public void A_wrong_name_is_an_error_with_names_like_it_and_the_rest_goes_on()
    {
        var result = _session.Invoke("Get-GpuSpec A40, 'RTX 4900', L4; Get-GpuSpec nothing*");
        Assert.Equal(["A40", "L4"], result.All<GpuSpec>().Select(gpu => gpu.Name));
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("GpuUnknown,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("RTX 4090", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void The_view_tells_what_runs_and_marks_what_was_not_measured()
    {
        var screen = _session.Show("Get-GpuSpec A40, 'GTX 1080'");
        Assert.Contains("44.45", screen, StringComparison.Ordinal);
        Assert.Contains("vLLM SGLang llama.cpp Ollama", screen, StringComparison.Ordinal);
        Assert.Contains("~7.92", screen, StringComparison.Ordinal);
        Assert.All(screen.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 100));
    }

    [Fact]
    public void The_tab_key_offers_names()
    {
        Assert.Contains(_session.Complete("Get-GpuSpec rtx").Select(match => match.CompletionText), text => text == "'RTX 4090'");
        Assert.Contains(_session.Complete("New-GpuRig -Simulated -Gpu H").Select(match => match.CompletionText), text => text == "H200");
    }
}
