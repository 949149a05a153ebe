using System.Diagnostics;
using LlmOps.Gpus;
using LlmOps.Processes;
using LlmOps.Protocol;
using LlmOps.Protocol.Operations;

namespace LlmOps.Tests.Gpus;

public sealed class GpuAgentTests : IAsyncLifetime
{
    private AgentWithTools _agent = null!;

    public Task InitializeAsync()
    {
        if (OperatingSystem.IsLinux()) _agent = new AgentWithTools();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _agent?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    [LinuxFact]
    public async Task ASampleTakesTwoProcesses()
    {
        _agent.NvidiaSmi();
        var gpus = await SampleAsync();
        Assert.Equal([0, 1], gpus.Select(gpu => gpu.Index));
        Assert.Equal(93171L * 1024 * 1024, gpus[1].Used);
        Assert.Equal(551, Assert.Single(gpus[1].Processes).Pid);
        Assert.InRange(DateTimeOffset.UtcNow - gpus[0].Timestamp, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal(2, _agent.Calls().Count);
    }

    [LinuxFact]
    public async Task WithMigTheInstancesComeFromTheXmlWithTwoProcessesASample()
    {
        File.WriteAllText(_agent.PathOf("mig.xml"), Recording.Read("made-mig.xml"));
        _agent.Tool("nvidia-smi", """
            echo "$*" >> $here/calls
            case "$1" in
            --query-gpu=*) echo "0, GPU-11111111-2222-3333-4444-555555555555, NVIDIA A100-SXM4-40GB, Enabled, [Insufficient Permissions], [Insufficient Permissions], [Insufficient Permissions], [N/A], 33, 60.1, 400.00" ;;
            -q) cat $here/mig.xml ;;
            esac
            """);
        await SampleAsync();
        File.Delete(_agent.PathOf("calls"));
        var gpu = Assert.Single(await SampleAsync());
        Assert.Equal(2, gpu.MigInstances.Count);
        Assert.Equal(1, Assert.Single(gpu.Processes).GpuInstanceId);
        Assert.Equal(2, _agent.Calls().Count);
    }

    [LinuxTheory]
    [InlineData("echo \"NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\"; exit 9", "DriverNotLoaded")]
    [InlineData("echo \"NVIDIA-SMI couldn't find libnvidia-ml.so library in your system.\"; exit 12", "DriverNotLoaded")]
    [InlineData("echo \"Failed to initialize NVML: Driver/library version mismatch\"; exit 18", "DriverMismatch")]
    [InlineData("echo \"No devices were found\"; exit 6", "NoGpu")]
    [InlineData("echo \"No devices were found\"", "NoGpu")]
    [InlineData("exit 0", "NoGpu")]
    [InlineData("echo \"Unable to determine the device handle for GPU 0000:06:00.0: GPU is lost.  Reboot the system to recover this GPU\"; exit 15", "GpuLost")]
    [InlineData("echo 'Segmentation fault' >&2; exit 139", "GpuQueryFailed")]
    [InlineData("kill -9 $$", "GpuQueryFailed")]
    public async Task WhatIsWrongIsNamed(string script, string errorId)
    {
        _agent.Tool("nvidia-smi", script);
        var failure = await Assert.ThrowsAsync<LlmOpsException>(SampleAsync);
        Assert.Equal(errorId, failure.ErrorId);
        Assert.NotEmpty(failure.RecommendedAction);
    }

    [LinuxFact]
    public async Task WithoutAnyToolThereIsNoGpu()
    {
        var failure = await Assert.ThrowsAsync<LlmOpsException>(SampleAsync);
        Assert.Equal("GpuToolMissing", failure.ErrorId);
    }

    [LinuxFact]
    public async Task AToolThatHangsIsEndedAndNamed()
    {
        _agent.Tool("nvidia-smi", "echo $$ > $here/pid.$$; sleep 600");
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() =>
            _agent.Client.InvokeAsync(GpuOperations.Memory, new GpuMemoryArgs(1000), null, CancellationToken.None));
        Assert.Equal("GpuQueryTimeout", failure.ErrorId);
        Assert.Contains("1 s", failure.Message);
        await AllEndedAsync();
    }

    [LinuxFact]
    public async Task ACancelledSampleEndsItsTools()
    {
        _agent.Tool("nvidia-smi", "echo $$ > $here/pid.$$; sleep 600");
        using var cancel = new CancellationTokenSource();
        var sample = _agent.Client.InvokeAsync(GpuOperations.Memory, new GpuMemoryArgs(), null, cancel.Token);
        await UntilAsync(() => Pids().Count == 2);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sample);
        await AllEndedAsync();
    }

    [LinuxFact]
    public async Task WatchingGoesOnUntilItIsCancelled()
    {
        _agent.NvidiaSmi();
        using var cancel = new CancellationTokenSource();
        var times = new List<DateTimeOffset>();
        var watch = _agent.Client.InvokeAsync(
            GpuOperations.Watch,
            new GpuWatchArgs(20),
            sample =>
            {
                Assert.Equal(2, sample.Gpus.Count);
                times.Add(sample.Gpus[0].Timestamp);
                if (times.Count == 5) cancel.Cancel();
                return ValueTask.CompletedTask;
            },
            cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch);
        Assert.Equal(5, times.Distinct().Count());
        var calls = _agent.Calls().Count;
        await SampleAsync();
        await SampleAsync();
        Assert.InRange(_agent.Calls().Count, calls + 4, calls + 6); // at most one reading was under way
    }

    [LinuxFact]
    public async Task WatchingEndsWithTheDriver()
    {
        _agent.NvidiaSmi("[ -e $here/broken ] && { echo \"couldn't communicate with the NVIDIA driver\"; exit 9; }");
        var failure = await Assert.ThrowsAsync<LlmOpsException>(() => _agent.Client.InvokeAsync(
            GpuOperations.Watch,
            new GpuWatchArgs(20),
            _ =>
            {
                File.WriteAllText(_agent.PathOf("broken"), "");
                return ValueTask.CompletedTask;
            },
            CancellationToken.None));
        Assert.Equal("DriverNotLoaded", failure.ErrorId);
    }

    [LinuxFact]
    public async Task AmdAnswersWhereNvidiaIsAbsent()
    {
        foreach (var part in new[] { "metric", "process", "static", "list" }) File.WriteAllText(_agent.PathOf(part + ".json"), Recording.Read($"made-amd-{part}.json"));
        _agent.Tool("amd-smi", "echo \"$*\" >> $here/calls; cat $here/$1.json");
        Assert.Equal(2, (await SampleAsync()).Count);
        Assert.Equal("AMD Instinct MI300X", (await SampleAsync())[0].Name);
        Assert.Equal(6, _agent.Calls().Count);
    }

    [LinuxFact]
    public async Task RocmSmiAnswersWhereAmdSmiIsAbsent()
    {
        File.WriteAllText(_agent.PathOf("rocm.json"), Recording.Read("made-rocm.json"));
        _agent.Tool("rocm-smi", "cat $here/rocm.json");
        Assert.Equal("AMD INSTINCT MI210", Assert.Single(await SampleAsync()).Name);
    }

    [LinuxFact]
    public async Task TheFactsOfARig()
    {
        _agent.NvidiaSmi();
        _agent.Tool("uv", "echo 'uv 0.9.2 (141369ce7 2025-10-10)'");
        _agent.Tool("hf", "exit 3");
        var report = await _agent.Client.InvokeAsync(RigFactsOperations.Read, new LlmOps.Preflight.PreflightWish { CheapOnly = true }, null, CancellationToken.None);
        Assert.Equal(("580.159.04", "13.0"), (report.DriverVersion, report.CudaVersion));
        Assert.Equal(2, report.Gpus.Count);
        var gpu = report.Gpus[0];
        Assert.Equal(("9.0", "Hopper", 5, 16), (gpu.ComputeCapability, gpu.Architecture, gpu.PcieGeneration, gpu.PcieWidth));
        Assert.Equal("NV18 to GPU 1", Assert.Single(gpu.Links).ToString());
        Assert.Equal(["uv 0.9.2", "hf"], report.Tools.Select(tool => tool.ToString()));
        Assert.Contains("hf is there, but 'hf version' told no version (exit code 3).", report.Notes);
        Assert.Equal(_agent.PathOf("models"), report.ModelFolder);
        Assert.InRange(report.ModelDiskFree!.Value, 1, report.ModelDiskTotal!.Value); // the folder is not there yet
        Assert.True(report.CpuCount > 0);
        Assert.Null(report.HubEndpoint); // it holds a password, and the Hub takes none there
        Assert.Contains(report.Notes, note => note.Contains("HF_ENDPOINT", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Notes, note => note.Contains("secret", StringComparison.Ordinal));
        Assert.Contains(report.Notes, note => note.StartsWith("Not found: python3", StringComparison.Ordinal));
        Assert.Equal("2x NVIDIA H200, driver 580.159.04", report.ToString());
    }

    [LinuxFact]
    public async Task TheFactsOfARigWithoutAGpu()
    {
        var report = await _agent.Client.InvokeAsync(RigFactsOperations.Read, new LlmOps.Preflight.PreflightWish { CheapOnly = true }, null, CancellationToken.None);
        Assert.Empty(report.Gpus);
        Assert.Null(report.DriverVersion);
        Assert.Contains(report.Notes, note => note.StartsWith("There is no GPU", StringComparison.Ordinal));
        Assert.Equal("no GPU", report.ToString());
    }

    private async Task<IReadOnlyList<GpuMemory>> SampleAsync() =>
        (await _agent.Client.InvokeAsync(GpuOperations.Memory, new GpuMemoryArgs(), null, CancellationToken.None)).Gpus;

    private List<int> Pids() => [.. Directory.EnumerateFiles(_agent.PathOf("."), "pid.*").Select(file => int.Parse(Path.GetExtension(file)[1..]))];

    private async Task AllEndedAsync()
    {
        Assert.Equal(2, Pids().Count);
        await UntilAsync(() => Pids().TrueForAll(pid => !RunningProcess.GroupLives(pid)));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), "It never came true.");
            await Task.Delay(10);
        }
    }
}
