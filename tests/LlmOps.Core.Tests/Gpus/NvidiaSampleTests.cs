using System.Text.Json;
using LlmOps.Gpus;
using LlmOps.Protocol.Operations;

namespace LlmOps.Tests.Gpus;

public sealed class NvidiaSampleTests
{
    private const long Mebi = 1024 * 1024;
    private const string Uuid = "GPU-1";

    private static readonly string[] RecordedColumns =
    [
        "index", "uuid", "name", "pci.bus_id", "driver_version", "compute_cap", "memory.total", "memory.reserved", "memory.used", "memory.free",
        "utilization.gpu", "utilization.memory", "temperature.gpu", "power.draw", "power.limit", "pstate", "mig.mode.current", "ecc",
    ];

    [Fact]
    public void TheBusyMachineIsReadAsItWas()
    {
        var processes = NvidiaSample.Processes(Recording.Section("h200x2-busy.txt", "apps"));
        var gpus = new SmiCsv(RecordedColumns, "name").Read(Recording.Section("h200x2-busy.txt", "csv"))
            .Select(row => NvidiaSample.Gpu(row, processes, null, NoSystem, DateTimeOffset.UnixEpoch)).ToList();
        Assert.Equal(2, gpus.Count);
        var gpu = gpus[1];
        Assert.Equal(1, gpu.Index);
        Assert.Equal("NVIDIA H200", gpu.Name);
        Assert.Equal("GPU-3c745cfa-954a-30ea-191a-3ace59499fa5", gpu.Uuid);
        Assert.Equal(143771 * Mebi, gpu.Total);
        Assert.Equal(93171 * Mebi, gpu.Used);
        Assert.Equal(49986 * Mebi, gpu.Free);
        Assert.NotEqual(gpu.Total, gpu.Used + gpu.Free);
        Assert.Equal(97, gpu.Utilization);
        Assert.Equal(63, gpu.Temperature);
        Assert.Equal(690.75, gpu.PowerDraw);
        Assert.Equal(700, gpu.PowerLimit);
        Assert.False(gpu.UnifiedMemory);
        Assert.Equal(new GpuProcess(551, "python3", 93162 * Mebi), Assert.Single(gpu.Processes));
        Assert.Equal("GPU 1 NVIDIA H200: 91.0 of 140.4 GiB", gpu.ToString());
    }

    [Fact]
    public void OnARealMachineTheAgentSaidWhatTheToolSaid()
    {
        string[] columns =
        [
            "index", "uuid", "name", "mig.mode.current", "memory.total", "memory.reserved", "memory.used", "memory.free", "utilization.gpu", "temperature.gpu", "power.draw", "power.limit",
        ];
        var processes = NvidiaSample.Processes(Recording.Section("h200x2-loaded.txt", "apps"));
        var read = new SmiCsv(columns, "name").Read(Recording.Section("h200x2-loaded.txt", "csv")).Select(row => NvidiaSample.Gpu(row, processes, null, NoSystem, default)).ToList();
        var log = SmiXml.Parse(Recording.Read("h200x2-loaded-q.xml"));
        var answer = JsonDocument.Parse(Recording.Section("h200x2-loaded.txt", "agent")).RootElement.GetProperty("result").Deserialize(GpuOperations.Memory.Result)!;
        Assert.Equal(2, answer.Gpus.Count);
        Assert.All(answer.Gpus, (gpu, i) =>
        {
            Assert.Equal((read[i].Uuid, read[i].Used, read[i].Free, read[i].Total, read[i].PowerLimit), (gpu.Uuid, gpu.Used, gpu.Free, gpu.Total, gpu.PowerLimit));
            Assert.Equal(read[i].Processes, gpu.Processes);
            Assert.Equal(log.Gpus[i].Processes, gpu.Processes);
        });
    }

    [Fact]
    public void EveryFieldThatIsAskedForIsInTheDriversList()
    {
        var known = Recording.Read("h200x2-help-query-gpu.txt").Split('\n').Where(line => line.StartsWith('"'))
            .SelectMany(line => line.Split('"').Where((_, i) => i % 2 == 1)).ToHashSet();
        Assert.All([.. NvidiaSample.GpuFields, "compute_cap"], field => Assert.Contains(field, known));
    }

    [Theory]
    [InlineData("[N/A]")]
    [InlineData("N/A")]
    [InlineData("[Not Supported]")]
    [InlineData("[Unknown Error]")]
    [InlineData("[GPU requires reset]")]
    [InlineData("[Insufficient Permissions]")]
    [InlineData("Insufficient Permissions")]
    [InlineData("")]
    public void WhatIsNotSaidIsNull(string nothing)
    {
        var gpu = One($"3, {Uuid}, NVIDIA L4, {nothing}, 23034, {nothing}, {nothing}, {nothing}, {nothing}, {nothing}, {nothing}", $"{Uuid}, 7, a, {nothing}");
        Assert.Equal(3, gpu.Index);
        Assert.Equal(23034 * Mebi, gpu.Total);
        Assert.Equal((null, null, null), (gpu.Used, gpu.Free, gpu.Utilization));
        Assert.Equal((null, null, null), (gpu.Temperature, gpu.PowerDraw, gpu.PowerLimit));
        Assert.False(gpu.UnifiedMemory);
        Assert.Equal(new GpuProcess(7, "a", null), Assert.Single(gpu.Processes));
    }

    [Theory]
    [InlineData("NVIDIA, the \"best\", GPU", "/opt/my, env/bin/python3")]
    [InlineData("NVIDIA \"A40\"", "\"quoted\"")]
    [InlineData("A,B", ",")]
    public void NamesMayHoldCommasAndQuotes(string name, string program)
    {
        var gpu = One($"0, {Uuid}, {name}, Disabled, 100, 40, 59, 5, 30, 20.5, 300.00", $"{Uuid}, 12, {program}, 33");
        Assert.Equal(name, gpu.Name);
        Assert.Equal(59 * Mebi, gpu.Free);
        Assert.Equal(300, gpu.PowerLimit);
        Assert.Equal(new GpuProcess(12, program, 33 * Mebi), Assert.Single(gpu.Processes));
    }

    [Theory]
    [InlineData("[N/A]")]
    [InlineData("[Not Supported]")]
    public void AGpuThatSharesTheSystemsMemoryShowsThat(string nothing)
    {
        var row = Assert.Single(NvidiaSample.Rows($"0, {Uuid}, NVIDIA GB10, {nothing}, {nothing}, {nothing}, {nothing}, 4, 41, 12.1, [N/A]"));
        var system = SystemMemory.Parse(["MemTotal:       125539584 kB", "MemFree:  1 kB", "MemAvailable:   100000000 kB"]);
        var gpu = NvidiaSample.Gpu(row, NvidiaSample.Processes(""), null, () => system, DateTimeOffset.UnixEpoch);
        Assert.True(gpu.UnifiedMemory);
        Assert.Equal(125539584L * 1024, gpu.Total);
        Assert.Equal(100000000L * 1024, gpu.Free);
        Assert.Equal(25539584L * 1024, gpu.Used);
    }

    [Fact]
    public void MessagesBetweenTheRowsAreNoRows()
    {
        var rows = NvidiaSample.Rows($"Unable to determine the device handle for GPU1: 0000:07:00.0: Unknown Error\n0, {Uuid}, A, Disabled, 1, 1, 1, 1, 1, 1, 1\r\n\nNo devices were found\n");
        Assert.Single(rows);
    }

    [Fact]
    public void AProcessOfAnotherGpuIsNotShown() =>
        Assert.Empty(One($"0, {Uuid}, A, Disabled, 100, 40, 59, 5, 30, 20.5, 300.00", "GPU-2, 12, python3, 33").Processes);

    [Fact]
    public void MigTakesInstancesAndProcessesFromTheXml()
    {
        var log = Assert.Single(SmiXml.Parse(Recording.Read("made-mig.xml")).Gpus);
        var row = Assert.Single(NvidiaSample.Rows($"0, {log.Facts.Uuid}, NVIDIA A100-SXM4-40GB, Enabled, [N/A], [N/A], [N/A], [N/A], 33, 60.1, 400.00"));
        var gpu = NvidiaSample.Gpu(row, NvidiaSample.Processes(""), log, NoSystem, DateTimeOffset.UnixEpoch);
        Assert.Equal(
            [new MigInstance(0, 1, 0, 42, 8000 * Mebi, 11968 * Mebi, 19968 * Mebi), new MigInstance(1, 2, 0, 42, 19 * Mebi, 19949 * Mebi, 19968 * Mebi)],
            gpu.MigInstances);
        Assert.Equal(new GpuProcess(4711, "/opt/a, b/python3", 7980 * Mebi, 1), Assert.Single(gpu.Processes));
    }

    private static GpuMemory One(string gpu, string processes) => NvidiaSample.Gpu(
        Assert.Single(NvidiaSample.Rows(gpu)), NvidiaSample.Processes(processes), null, NoSystem, DateTimeOffset.UnixEpoch);

    private static SystemMemory NoSystem() => throw new InvalidOperationException("The system's memory is not asked for.");
}
