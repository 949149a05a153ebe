using LlmOps.Rigs.Simulation;

namespace LlmOps.Gpus.Tests;

/// <summary>The catalogue of GPU models, asked as people, providers and drivers name them.</summary>
public sealed class GpuCatalogTests
{
    [Theory]
    [InlineData("a40", "A40")]
    [InlineData("NVIDIA A40", "A40")]
    [InlineData("rtx-4090", "RTX 4090")]
    [InlineData("4090", "RTX 4090")]
    [InlineData("RTX 6000 Ada", "RTX 6000 Ada")]
    [InlineData("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada")]
    [InlineData("rtx6000ada", "RTX 6000 Ada")]
    [InlineData("A6000", "RTX A6000")]
    [InlineData("Quadro RTX 6000", "Quadro RTX 6000")]
    [InlineData("A100", "A100 80GB")]
    [InlineData("a100-80", "A100 80GB")]
    [InlineData("A100-SXM4-80GB", "A100 80GB")]
    [InlineData("NVIDIA A100 80GB PCIe", "A100 80GB")]
    [InlineData("NVIDIA A100-PCIE-40GB", "A100 40GB")]
    [InlineData("A100 40 GB", "A100 40GB")]
    [InlineData("H100", "H100")]
    [InlineData("NVIDIA H100 80GB HBM3", "H100")]
    [InlineData("H100 SXM5", "H100")]
    [InlineData("NVIDIA H100 PCIe", "H100 PCIe")]
    [InlineData("NVIDIA H100 NVL", "H100 NVL")]
    [InlineData("NVIDIA B200", "B200")]
    [InlineData("NVIDIA B200 180GB", "B200")]
    [InlineData("NVIDIA B300 SXM6 AC", "B300")]
    [InlineData("Tesla T4", "T4")]
    [InlineData("Tesla V100-SXM2-32GB", "V100 32GB")]
    [InlineData("Tesla V100-PCIE-16GB", "V100 16GB")]
    [InlineData("NVIDIA GeForce RTX 3080 Ti", "RTX 3080 Ti")]
    [InlineData("NVIDIA GeForce RTX 4080 SUPER", "RTX 4080 SUPER")]
    [InlineData("NVIDIA GeForce RTX 5090", "RTX 5090")]
    [InlineData("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX PRO 6000")]
    [InlineData("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "RTX PRO 6000 WS")]
    [InlineData("NVIDIA RTX PRO 4500 Blackwell", "RTX PRO 4500")]
    [InlineData("NVIDIA RTX 4000 SFF Ada Generation", "RTX 4000 Ada")]
    [InlineData("RTX 3060", "RTX 3060 12GB")]
    [InlineData("RTX 3060 8GB", "RTX 3060 8GB")]
    [InlineData("AMD Instinct MI300X OAM", "MI300X")]
    [InlineData("mi300x", "MI300X")]
    [InlineData("DGX Spark", "GB10")]
    [InlineData("Ryzen AI Max+ 395", "Strix Halo")]
    [InlineData("Apple M4 Max", "M4 Max")]
    [InlineData("P40", "P40")]
    public void A_card_is_found_by_any_name_of_it(string text, string name) => Assert.Equal(name, GpuCatalog.Find(text)?.Name);

    [Theory]
    [InlineData("")]
    [InlineData("NVIDIA")]
    [InlineData("RTX")]
    [InlineData("RTX 6000")]
    [InlineData("Voodoo 2")]
    [InlineData("A40 96GB")]
    public void A_name_that_means_none_or_several_finds_nothing(string text) => Assert.Null(GpuCatalog.Find(text));

    [Fact]
    public void Every_card_is_found_by_each_of_its_own_names()
    {
        var lost = from gpu in GpuCatalog.All
                   from name in gpu.Aliases.Append(gpu.Name).Append(gpu.FullName)
                   where GpuCatalog.Find(name)?.Name != gpu.Name
                   select $"{gpu.Name}: {name} finds {GpuCatalog.Find(name)?.Name}";
        Assert.Empty(lost);
        Assert.Equal(GpuCatalog.All.Count, GpuCatalog.All.Select(gpu => gpu.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void A_slice_has_the_memory_of_its_profile()
    {
        Assert.Equal((48.0, 44.45), (GpuCatalog.Find("NVIDIA A40-48Q")!.MemoryGB, GpuCatalog.Find("NVIDIA A40-48Q")!.UsableGiB));
        var half = GpuCatalog.Find("GRID A100-40C")!;
        Assert.Equal(("A100 40GB", 40.0), (half.Name, half.MemoryGB));
        var third = GpuCatalog.Find("NVIDIA A100-SXM4-80GB MIG 3g.40gb")!;
        Assert.Equal(40.0, third.MemoryGB);
        var quarter = GpuCatalog.Find("NVIDIA A40-12Q")!;
        Assert.Equal(12.0, quarter.MemoryGB);
        Assert.InRange(quarter.UsableGiB!.Value, 11.1, 11.2);
        Assert.False(quarter.IsUsableMeasured);
    }

    [Fact]
    public void Apple_silicon_has_the_memory_that_is_asked_for_and_gives_the_safe_share_of_it()
    {
        Assert.Null(GpuCatalog.Find("M4 Max")!.UsableGiB);
        Assert.Equal((96.0, 64.0), (GpuCatalog.Find("M4 Max 96GB")!.MemoryGB, GpuCatalog.Find("M4 Max 96GB")!.UsableGiB));
    }

    [Fact]
    public void What_was_read_in_a_log_is_marked_and_what_has_no_source_is_left_out()
    {
        Assert.Equal((44.45, true), (GpuCatalog.Find("A40")!.UsableGiB, GpuCatalog.Find("A40")!.IsUsableMeasured));
        Assert.False(GpuCatalog.Find("RTX 4080")!.IsUsableMeasured);
        Assert.Null(GpuCatalog.Find("A30")!.BandwidthGBs);
        Assert.All(GpuCatalog.All, gpu => Assert.Equal(gpu.BandwidthGBs is null, gpu.BandwidthSource is null));
        Assert.All(GpuCatalog.All.Where(gpu => gpu.MemoryGB is not null), gpu => Assert.InRange(gpu.UsableGiB!.Value / gpu.MemoryGB!.Value, 0.91, 1.0));
    }

    [Fact]
    public void Engines_and_quantizations_say_why_not()
    {
        var old = GpuCatalog.Find("GTX 1080")!;
        Assert.Equal("no vLLM: it needs compute capability 7.5, the GPU has 6.1", Of(old.Engines, "vLLM").ToString());
        Assert.True(Of(old.Engines, "llama.cpp").IsSupported);
        Assert.False(Of(old.Quantizations, "awq").IsSupported);
        Assert.True(Of(old.Quantizations, "gguf").IsSupported);
        var turing = GpuCatalog.Find("T4")!;
        Assert.False(Of(turing.Quantizations, "mxfp4").IsSupported);
        Assert.False(Of(turing.Quantizations, "bfloat16").IsSupported);
        Assert.Contains("Marlin", Of(GpuCatalog.Find("A40")!.Quantizations, "fp8").Reason, StringComparison.Ordinal);
        Assert.Equal("", Of(GpuCatalog.Find("H100")!.Quantizations, "fp8").Reason);
        Assert.False(Of(GpuCatalog.Find("M4 Max")!.Engines, "vLLM").IsSupported);
    }

    [Fact]
    public void A_wildcard_matches_any_name_of_a_card()
    {
        Assert.Equal(["A100 80GB", "A100 40GB"], GpuCatalog.Match("a100*").Select(gpu => gpu.Name));
        Assert.Contains(GpuCatalog.Match("*spark*"), gpu => gpu.Name == "GB10");
        Assert.Empty(GpuCatalog.Match("*voodoo*"));
    }

    [Fact]
    public void A_wrong_name_is_answered_with_those_that_look_like_it()
    {
        var error = Assert.Throws<LlmOpsException>(() => GpuCatalog.Get("RTX 4900"));
        Assert.Equal("GpuUnknown", error.ErrorId);
        Assert.Contains("RTX 4090", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_NVIDIA_card_can_be_simulated()
    {
        foreach (var gpu in GpuCatalog.All.Where(SimulatedGpu.CanBe))
        {
            var card = SimulatedGpu.Of(gpu.FullName);
            Assert.Equal(gpu.Name, card.Spec.Name);
            Assert.InRange((card.MemoryMiB - card.ReservedMiB) / 1024.0, gpu.UsableGiB!.Value - 0.02, gpu.UsableGiB.Value + 0.02);
        }

        Assert.Equal(GpuCatalog.All.Count(gpu => gpu.Vendor == GpuVendor.Nvidia), GpuCatalog.All.Count(SimulatedGpu.CanBe));
        Assert.Throws<LlmOpsException>(() => SimulatedGpu.Of("MI300X"));
    }

    private static GpuSupport Of(IReadOnlyList<GpuSupport> list, string name) => list.Single(item => item.Name == name);
}
