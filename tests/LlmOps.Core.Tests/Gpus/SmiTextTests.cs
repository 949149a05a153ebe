using LlmOps.Gpus;

namespace LlmOps.Tests.Gpus;

public sealed class SmiTextTests
{
    [Fact]
    public void TheXmlOfTwoH200()
    {
        var log = SmiXml.Parse(Recording.Read("h200x2-q.xml"));
        Assert.Equal(("580.159.04", "13.0"), (log.DriverVersion, log.CudaVersion));
        Assert.Equal([0, 1], log.Gpus.Select(gpu => gpu.Facts.Index));
        Assert.Empty(log.Gpus[0].Processes);
        Assert.Empty(log.Gpus[0].MigInstances);
        var gpu = log.Gpus[0].Facts;
        Assert.Equal(("NVIDIA H200", "Hopper", "GPU-5a42a730-3b10-43c7-c5fd-7180830df355"), (gpu.Name, gpu.Architecture, gpu.Uuid));
        Assert.Equal(143771L * 1024 * 1024, gpu.Memory);
        Assert.Equal((5, 5, 16, 16), (gpu.PcieGeneration, gpu.PcieGenerationMax, gpu.PcieWidth, gpu.PcieWidthMax));
        Assert.Equal((true, false), (gpu.EccEnabled, gpu.MigEnabled));
        Assert.Equal((700d, 700d), (gpu.PowerLimit, gpu.PowerLimitMax));
        Assert.Empty(gpu.ThrottleReasons);
    }

    [Fact]
    public void TheXmlOfAnOlderDriver()
    {
        var gpu = Assert.Single(SmiXml.Parse(Recording.Read("made-mig.xml")).Gpus).Facts;
        Assert.True(gpu.MigEnabled);
        Assert.Equal(400, gpu.PowerLimit);
        Assert.Equal(["sw_power_cap"], gpu.ThrottleReasons);
        Assert.Null(gpu.PcieGeneration);
        Assert.Null(gpu.EccEnabled);
    }

    [Theory]
    [InlineData("h200x2-idle.txt")]
    [InlineData("h200x2-version.txt")]
    [InlineData("h200x2-busy.txt")]
    public void TheVersionsInTextForPeople(string recording) =>
        Assert.Equal(new SmiVersions("580.159.04", "13.0"), SmiVersions.Parse(Recording.Read(recording)));

    [Fact]
    public void TheLinksOfTwoH200()
    {
        var topology = SmiTopology.Parse(Recording.Read("h200x2-topo.txt"));
        Assert.Equal(("NV18", "NV18"), (topology[0, 1], topology[1, 0]));
        Assert.Null(topology[0, 0]);
        Assert.Null(topology[0, 2]);
        Assert.Equal(18, SmiTopology.NvLinks("NV18"));
        Assert.Equal(0, SmiTopology.NvLinks("NODE"));
    }

    [Fact]
    public void LinksBesideNetworkCards()
    {
        var topology = SmiTopology.Parse("\tGPU0\tGPU1\tNIC0\tCPU Affinity\tNUMA Affinity\nGPU0\t X \tSYS\tPIX\t0-31\t0\nGPU1\tSYS\t X \tNODE\t32-63\t1\nNIC0\tPIX\tNODE\t X \n");
        Assert.Equal(("SYS", "SYS"), (topology[0, 1], topology[1, 0]));
    }
}
