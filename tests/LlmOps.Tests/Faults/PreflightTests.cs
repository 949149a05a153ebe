using LlmOps.Engines;
using LlmOps.Preflight;
using LlmOps.Rigs;

namespace LlmOps.Tests.Faults;

/// <summary>Rigs with one thing wrong: that check says so, and no other.</summary>
[Collection(FaultCollection.Name)]
public sealed class PreflightTests(FaultFixture faults) : IDisposable
{
    public void Dispose()
    {
        faults.Session.Invoke("Get-LlmServer -Rig good | Stop-LlmServer -Force -Remove");
        faults.Good.Become();
    }

    [Fact]
    public void A_rig_without_faults_passes_every_check()
    {
        faults.Good.Become(gpu: "A100");
        var report = Report("Test-GpuRig good -Collective");
        Assert.All(report.Checks, check => Assert.Equal(RigVerdict.Pass, check.Verdict));
        Assert.Equal(RigPreflight.Names, report.Checks.Select(check => check.Name));
        Assert.All(report.Checks, check => Assert.False(string.IsNullOrWhiteSpace(check.Evidence), check.Name));
        Assert.Equal(RigVerdict.Pass, report.Verdict);
    }

    [Theory]
    [InlineData("DriverNotLoaded", "A40", "Gpu", RigVerdict.Fail, "modprobe")]
    [InlineData("NoGpu", "A40", "Gpu", RigVerdict.Fail, "GPUs")]
    [InlineData("OldDriver", "A40", "Driver", RigVerdict.Fail, "525")]
    [InlineData(null, "GTX 1080", "ComputeCapability", RigVerdict.Fail, "llama.cpp")]
    [InlineData("ForeignProcess", "A40", "ForeignProcess", RigVerdict.Fail, "-GpuMemoryUtilization")]
    [InlineData("EccErrors", "A40", "Ecc", RigVerdict.Fail, "--gpu-reset")]
    [InlineData("MigEnabled", "A100", "Mig", RigVerdict.Fail, "-mig 0")]
    [InlineData("PowerCap", "A40", "PowerCap", RigVerdict.Warn, "-pl 300")]
    [InlineData("Throttled", "A40", "Throttling", RigVerdict.Warn, "temperature")]
    [InlineData("NarrowPcie", "A40", "Pcie", RigVerdict.Warn, "riser")]
    [InlineData("NvLinkDown", "A100", "Links", RigVerdict.Warn, "nvlink")]
    [InlineData("NoCompiler", "A40", "Compiler", RigVerdict.Fail, "apt-get install -y gcc")]
    [InlineData("NoPythonHeaders", "A40", "PythonHeaders", RigVerdict.Fail, "python3-dev")]
    [InlineData("DiskFull", "A40", "Disk", RigVerdict.Fail, "df -h")]
    [InlineData("SmallSharedMemory", "A40", "SharedMemory", RigVerdict.Fail, "--shm-size")]
    [InlineData("LowMemory", "A40", "Memory", RigVerdict.Fail, "--memory")]
    [InlineData("NcclHang", "A40", "Collective", RigVerdict.Fail, "NCCL_P2P_DISABLE")]
    public void A_planted_fault_is_that_verdict_alone(string? fault, string gpu, string name, RigVerdict verdict, string remedy)
    {
        faults.Good.Become(fault, gpu);
        AssertOnly(Report(fault == "NcclHang" ? "Test-GpuRig good -Collective" : "Test-GpuRig good"), name, verdict, remedy);
    }

    /// <summary>Faults that a rig has from its login or its Hub on need a rig of their own.</summary>
    [Theory]
    [InlineData("FewOpenFiles", "OpenFiles", RigVerdict.Fail, "ulimit")]
    [InlineData("ClockSkew", "Clock", RigVerdict.Warn, "set-ntp")]
    [InlineData("NoNameResolution", "NameResolution", RigVerdict.Warn, "Copy-HfModel")]
    [InlineData("HubDown", "Hub", RigVerdict.Warn, "HF_ENDPOINT")]
    public void A_fault_of_its_surroundings_is_that_verdict_alone(string fault, string name, RigVerdict verdict, string remedy)
    {
        faults.Session.Invoke($"New-GpuRig -Simulated -Name around -Gpu A40 -GpuCount 2 -Speed 500 -Fault {fault}").NoErrors();
        try
        {
            AssertOnly(Report("Test-GpuRig around"), name, verdict, remedy);
        }
        finally
        {
            faults.Session.Invoke("Remove-GpuRig around -Confirm:$false").NoErrors();
        }
    }

    [Fact]
    public void The_disk_is_checked_against_the_model()
    {
        var disk = Report("Test-GpuRig good -Model Qwen/Qwen2.5-VL-7B-Instruct").Checks.Single(check => check.Name == "Disk");
        Assert.Equal(RigVerdict.Pass, disk.Verdict);
        Assert.Matches(@"to fetch [1-9]\d+ bytes", disk.Evidence);
    }

    [Fact]
    public void A_server_that_can_not_succeed_is_not_started_unless_forced()
    {
        faults.Good.Become("SmallSharedMemory");
        var before = faults.Everything();

        var refused = faults.Session.Invoke(faults.Expand("Start-VllmServer {model} -Rig good -Name refused -TensorParallelSize 2"));

        Assert.Equal(["PreflightFailed"], refused.ErrorIds);
        Assert.Contains("--shm-size", refused.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(before, faults.Everything());
        var forced = faults.Session.Invoke(faults.Expand("Start-VllmServer {model} -Rig good -Name forced -TensorParallelSize 2 -Force")).NoErrors().Single<LlmServer>();
        Assert.Equal(LlmServerState.Ready, forced.State);
    }

    [Fact]
    public void What_fails_stands_out_where_it_is_shown()
    {
        faults.Good.Become("EccErrors");
        var shown = string.Join('\n', faults.Session.Invoke("Test-GpuRig good | Out-String -Width 100").NoErrors().Output.Select(line => line.ToString()));
        Assert.Contains("FAIL Ecc", shown, StringComparison.Ordinal);
        Assert.Contains("-> End what uses the GPU", shown, StringComparison.Ordinal);
        Assert.Contains("ok   Driver", shown, StringComparison.Ordinal);
    }

    private static void AssertOnly(RigReport report, string name, RigVerdict verdict, string remedy)
    {
        var found = report.Checks.Where(check => check.Verdict != RigVerdict.Pass).ToList();
        Assert.Equal([$"{name}: {verdict}"], found.Select(check => check.ToString()));
        Assert.Contains(remedy, found[0].Remedy, StringComparison.Ordinal);
        Assert.NotEmpty(found[0].Evidence);
        Assert.Equal(verdict, report.Verdict);
    }

    private RigReport Report(string script) => faults.Session.Invoke(script).NoErrors().Single<RigReport>();
}
