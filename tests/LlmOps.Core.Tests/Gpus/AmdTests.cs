using LlmOps.Gpus;

namespace LlmOps.Tests.Gpus;

/// <summary>The fixtures are made after the tools' documentation; no AMD machine was at hand.</summary>
public sealed class AmdTests
{
    private const long Mebi = 1024 * 1024;

    [Fact]
    public void AmdSmi()
    {
        var gpus = AmdSample.Gpus(
            Recording.Read("made-amd-metric.json"), Recording.Read("made-amd-process.json"), Recording.Read("made-amd-static.json"), Recording.Read("made-amd-list.json"),
            DateTimeOffset.UnixEpoch);
        Assert.Equal(2, gpus.Count);
        var gpu = gpus[0];
        Assert.Equal(("AMD Instinct MI300X", "8aff74a1-0000-1000-80ff-ffffffffffff"), (gpu.Name, gpu.Uuid));
        Assert.Equal((196592 * Mebi, 150000 * Mebi, 46592 * Mebi), (gpu.Total, gpu.Used, gpu.Free));
        Assert.Equal((87, 71, 612d, 700d), (gpu.Utilization, gpu.Temperature, gpu.PowerDraw, gpu.PowerLimit));
        Assert.Equal(new GpuProcess(4242, "python3", 157286400000), Assert.Single(gpu.Processes));
        var second = gpus[1];
        Assert.Equal(("MI300X OAM", "0x8A1C"), (second.Name, second.Uuid));
        Assert.Equal((196592 - 283) * Mebi, second.Free);
        Assert.Equal((null, 35, null, 750d), (second.Utilization, second.Temperature, second.PowerDraw, second.PowerLimit));
        Assert.Empty(second.Processes);
    }

    [Fact]
    public void RocmSmi()
    {
        var gpu = Assert.Single(RocmSample.Gpus(Recording.Read("made-rocm.json"), DateTimeOffset.UnixEpoch));
        Assert.Equal(("AMD INSTINCT MI210", "0x9246aa8b6bbc5a4e"), (gpu.Name, gpu.Uuid));
        Assert.Equal((68702699520, 10960896, 68702699520 - 10960896), (gpu.Total, gpu.Used, gpu.Free));
        Assert.Equal((5, 35, 38d, 300d), (gpu.Utilization, gpu.Temperature, gpu.PowerDraw, gpu.PowerLimit));
        Assert.Equal(new GpuProcess(31415, "python3, worker", 39705378816), Assert.Single(gpu.Processes));
    }

    [Fact]
    public void RocmSmiDoesNotSayWhichOfSeveralGpusAProcessIsOn()
    {
        var gpus = RocmSample.Gpus("""{"card1":{},"card0":{},"system":{"PID5":"a, 1, 5, 0, 0"}}""", DateTimeOffset.UnixEpoch);
        Assert.Equal([0, 1], gpus.Select(gpu => gpu.Index));
        Assert.All(gpus, gpu => Assert.Empty(gpu.Processes));
    }
}
