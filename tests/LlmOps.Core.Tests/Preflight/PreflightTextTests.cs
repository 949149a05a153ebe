using LlmOps.Preflight;
using LlmOps.Preflight.Checks;
using LlmOps.Preflight.Collective;
using LlmOps.Tests.Gpus;

namespace LlmOps.Tests.Preflight;

/// <summary>What programs print is read as it is printed, and nothing that they could print does harm.</summary>
public sealed class PreflightTextTests
{
    private const string Df = "Filesystem     1024-blocks      Used Available Capacity Mounted on\n/dev/vda         263940728 186335072  77589272      71% /\n";
    private const string Free = "               total        used        free      shared  buff/cache   available\nMem:     25255227392  1234567890  2345678901     1234567  9876543210 23456789012\nSwap:              0           0           0\n";
    private const string Peers = " \tGPU0\tGPU1\t\n GPU0\tX\tOK\t\n GPU1\tOK\tX\t\n\nLegend:\n\n  X    = Self\n  OK   = Status Ok\n  CNS  = Chipset not supported\n";

    [Fact]
    public void A_volume_is_read()
    {
        Assert.Equal(new VolumeSpace(263940728L * 1024, 77589272L * 1024), VolumeSpace.Parse(Df));
        Assert.Equal(new VolumeSpace(10240, 5120), VolumeSpace.Parse("Filesystem 1024-blocks Used Available Capacity Mounted on\nmy share of disks 10 5 5 50% /mnt/a b\n"));
        Assert.Null(VolumeSpace.Parse(""));
        Assert.Null(VolumeSpace.Parse("df: /x: No such file or directory"));
    }

    [Fact]
    public void Memory_is_read() => Assert.Equal(23456789012, MemoryCheck.Available(Free));

    [Fact]
    public void Peer_access_is_read()
    {
        Assert.True(PeerAccess.Parse(Peers)!.All);
        var partly = PeerAccess.Parse(Peers.Replace("GPU1\tOK", "GPU1\tCNS", StringComparison.Ordinal))!;
        Assert.False(partly.All);
        Assert.Equal(["CNS"], partly.Refusals);
        Assert.Null(PeerAccess.Parse("No devices were found"));
    }

    [Fact]
    public void The_condition_of_real_GPUs_is_read()
    {
        var text = Recording.Read("h200x2-q.xml");
        var gpus = LlmOps.Gpus.GpuHealth.Read(LlmOps.Gpus.SmiXml.Parse(text), text, new Dictionary<string, string>());
        Assert.Equal(2, gpus.Count);
        Assert.All(gpus, gpu =>
        {
            Assert.Equal((0, 0, false, false, 700), (gpu.UncorrectedErrors, gpu.UncorrectedErrorsEver, gpu.RepairPending, gpu.RepairFailed, gpu.DefaultPowerLimit));
            Assert.Equal("Completed", gpu.FabricState);
            Assert.Contains("<remapped_row_pending>No</remapped_row_pending>", gpu.Evidence("remapped_rows"), StringComparison.Ordinal);
        });
        var failing = text.Replace("<remapped_row_pending>No", "<remapped_row_pending>Yes", StringComparison.Ordinal).Replace("<dram_uncorrectable>0", "<dram_uncorrectable>2", StringComparison.Ordinal);
        Assert.All(LlmOps.Gpus.GpuHealth.Read(LlmOps.Gpus.SmiXml.Parse(failing), failing, new Dictionary<string, string>()), gpu => Assert.Equal((2L, true), (gpu.UncorrectedErrors, gpu.RepairPending)));
    }

    [Theory]
    [InlineData("{\"rank\": 1, \"step\": \"reduced\", \"correct\": true}", "reduced")]
    [InlineData("{\"rank\": 1, \"step\": \"danced\"}", null)]
    [InlineData("{\"rank\": \"x\"}", null)]
    [InlineData("{", null)]
    [InlineData("NCCL WARN something", null)]
    public void Steps_are_read(string line, string? step) => Assert.Equal(step, CollectiveStep.Parse(line)?.Step);

    [Fact]
    public void Spoilt_text_does_no_harm()
    {
        var seed = new Random(3);
        foreach (var text in new[] { Df, Free, Peers, "{\"rank\": 1, \"step\": \"measured\", \"bytes\": 67108864, \"seconds\": 0.0003}" })
            for (var round = 0; round < 3000; round++)
            {
                var letters = text.ToCharArray();
                for (var i = 0; i < 1 + seed.Next(8); i++) letters[seed.Next(letters.Length)] = (char)seed.Next(0x250);
                var spoilt = new string(letters, 0, seed.Next(letters.Length + 1));
                VolumeSpace.Parse(spoilt);
                MemoryCheck.Available(spoilt);
                PeerAccess.Parse(spoilt);
                CollectiveStep.Parse(spoilt);
            }
    }
}
