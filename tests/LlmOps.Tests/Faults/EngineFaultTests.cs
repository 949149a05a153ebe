using LlmOps.Engines;

namespace LlmOps.Tests.Faults;

/// <summary>Engines that fail as real ones do: the error holds the cause in the engine's words, and no process is left.</summary>
[Collection(FaultCollection.Name)]
public sealed class EngineFaultTests(FaultFixture faults) : IDisposable
{
    public void Dispose()
    {
        faults.Session.Invoke("Get-LlmServer -Rig good | Stop-LlmServer -Force -Remove");
        faults.Good.Become();
    }

    [Theory]
    [InlineData("OutOfMemory", "A40", "{model}", "CUDA out of memory")]
    [InlineData("DiskFull", "A40", "{model}", "No space left on device")]
    [InlineData(null, "L4", "Qwen/Qwen2.5-72B-Instruct-AWQ", "CUDA out of memory")]
    [InlineData(null, "A40", "Qwen/Qwen2.5-72B-Instruct-AWQ -MaxModelLen 32768", "the estimated maximum model length is")]
    [InlineData(null, "A40", "{model} -MaxModelLen 9000000", "max_position_embeddings=32768")]
    [InlineData(null, "A40", "{model} -Argument --no-such-flag", "unrecognized arguments: --no-such-flag")]
    [InlineData(null, "A40", "Qwen/Qwen2.5-72B-Instruct-AWQ -Quantization gptq", "does not match the quantization method")]
    [InlineData(null, "V100", "{model}", "no kernel image is available")]
    [InlineData(null, "GTX 1080", "{model}", "no kernel image is available")]
    [InlineData(null, "A40", "meta-llama/Llama-3.1-8B-Instruct", "gated")]
    public void A_start_that_fails_says_why(string? fault, string gpu, string model, string cause)
    {
        faults.Good.Become(fault, gpu);

        var result = faults.Session.Invoke(faults.Expand($"Start-VllmServer {model} -Rig good -Name doomed -TensorParallelSize 1 -Force"));

        Assert.Equal(["ServerFailed"], result.ErrorIds);
        Assert.Empty(result.Output);
        var text = result.Errors[0].ToString();
        Assert.True(text[..text.IndexOf("The end of its log:", StringComparison.Ordinal)].Contains(cause, StringComparison.Ordinal), text);
        Assert.Contains("doomed", result.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        var server = faults.Session.Invoke("Get-LlmServer doomed -Rig good").NoErrors().Single<LlmServer>();
        Assert.Equal(LlmServerState.Failed, server.State);
        Assert.Null(server.ProcessId);
        Assert.NotNull(server.ExitCode);
        Assert.Contains(cause, server.FailureCause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NcclHang")]
    [InlineData("NeverReady")]
    public void A_start_that_hangs_is_ended(string fault)
    {
        faults.Good.Become(fault);

        var result = faults.Session.Invoke(faults.Expand("Start-VllmServer {model} -Rig good -Name stuck -TensorParallelSize 2 -TimeoutSeconds 4"));

        Assert.Equal(["ServerStartTimedOut"], result.ErrorIds);
        Assert.Contains("4 s", result.Errors[0].ToString(), StringComparison.Ordinal);
        var server = faults.Session.Invoke("Get-LlmServer stuck -Rig good").NoErrors().Single<LlmServer>();
        Assert.Equal(LlmServerState.Stopped, server.State);
        Assert.All(faults.Session.Invoke("Get-GpuMemory good").All<Gpus.GpuMemory>(), gpu => Assert.Empty(gpu.Processes));
    }

    [Fact]
    public async Task A_crash_is_told_by_whoever_looks()
    {
        faults.Good.Become("CrashAfter:1");
        faults.Session.Invoke(faults.Expand("Start-VllmServer {model} -Rig good -Name brief -TensorParallelSize 2")).NoErrors();

        LlmServer? server = null;
        await Eventually.TrueAsync(() => (server = faults.Session.Invoke("Get-LlmServer brief -Rig good").Single<LlmServer>()).State == LlmServerState.Failed, "the server has failed");

        Assert.NotNull(server!.ExitCode);
        Assert.Contains("illegal memory access", server.FailureCause, StringComparison.Ordinal);
        Assert.Equal(["ServerFailed"], faults.Session.Invoke("Wait-LlmServer brief -Rig good").ErrorIds);
        Assert.Equal(["TunnelToDeadServer"], faults.Session.Invoke("New-LlmTunnel brief -Rig good").ErrorIds);
    }

    [Fact]
    public void Waiting_has_an_end_and_leaves_the_server_alone()
    {
        faults.Good.Become("NeverReady");
        faults.Session.Invoke(faults.Expand("Start-VllmServer {model} -Rig good -Name slow -TensorParallelSize 1 -NoWait")).NoErrors();

        Assert.Equal(["ServerWaitTimedOut"], faults.Session.Invoke("Wait-LlmServer slow -Rig good -TimeoutSeconds 1").ErrorIds);
        Assert.Equal(LlmServerState.Starting, faults.Session.Invoke("Get-LlmServer slow -Rig good").Single<LlmServer>().State);
    }
}
