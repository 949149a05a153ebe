using LlmOps.Rigs.Facts;

namespace LlmOps.Tests.Gpus;

public sealed class SystemFactsTests
{
    [Theory]
    [InlineData("uv", "uv 0.9.2 (141369ce7 2025-10-10)", "0.9.2")]
    [InlineData("python3", "Python 3.12.3\n", "3.12.3")]
    [InlineData("gcc", "gcc (Ubuntu 13.2.0-23ubuntu4) 13.2.0\nCopyright (C) 2023", "13.2.0")]
    [InlineData("nvcc", "nvcc: NVIDIA (R) Cuda compiler driver\nCopyright (c) 2005-2025\nBuilt on Fri_Feb_21\nCuda compilation tools, release 12.8, V12.8.93\nBuild cuda_12.8.r12.8/compiler.35583870_0", "12.8.93")]
    [InlineData("docker", "Docker version 28.2.2, build e6534b4", "28.2.2")]
    [InlineData("git", "git version 2.39.5 (Apple Git-154)", "2.39.5")]
    [InlineData("ninja", "1.11.1.git.kitware.jobserver-1", "1.11.1.git.kitware.jobserver-1")]
    [InlineData("hf", "huggingface_hub version: 1.0.1", "1.0.1")]
    [InlineData("hf", "no number", null)]
    [InlineData("uv", "", null)]
    public void VersionsOfTools(string tool, string said, string? version) => Assert.Equal(version, ToolFacts.Version(tool, said));

    [Theory]
    [InlineData("/.dockerenv", "", "", "docker")]
    [InlineData("/run/.containerenv", "", "", "podman")]
    [InlineData("/dev/null", "0::/kubepods/burstable/pod1", "", "kubernetes")]
    [InlineData("/dev/null", "0::/", "flags : fpu hypervisor lahf_lm", "QEMU Standard PC")]
    [InlineData("/dev/null", "0::/", "flags : fpu", null)]
    public void WhatTheMachineRunsInside(string file, string groups, string cpu, string? expected) => Assert.Equal(expected, SystemFacts.Virtualization(
        path => path == file,
        path => path switch
        {
            "/proc/1/cgroup" => groups,
            "/proc/cpuinfo" => cpu,
            "/proc/sys/kernel/osrelease" => "6.8.0-45-generic",
            "/sys/class/dmi/id/sys_vendor" => "QEMU",
            "/sys/class/dmi/id/product_name" => "Standard PC\n",
            _ => null,
        }));

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", long.MaxValue)]
    [InlineData("Max processes             1                    2                    processes", null)]
    public void TheLimitOfOpenFiles(string line, long? expected) => Assert.Equal(expected, SystemFacts.OpenFileLimit(["Limit  Soft Limit", line]));

    [Theory]
    [InlineData("max\n", null)]
    [InlineData("68719476736\n", 68719476736L)]
    [InlineData("9223372036854771712", null)]
    [InlineData(null, null)]
    public void TheLimitOfAContainersMemory(string? text, long? expected) => Assert.Equal(expected, SystemFacts.MemoryLimit(text));

    [Theory]
    [InlineData("model name\t: AMD EPYC 9554\nmodel name\t: other", "AMD EPYC 9554")]
    [InlineData("CPU implementer\t: 0x41\nCPU part\t: 0xd4f", "implementer 0x41 part 0xd4f")]
    [InlineData("", null)]
    public void TheProcessorsName(string text, string? expected) => Assert.Equal(expected, SystemFacts.CpuName(text.Split('\n')));

    [Fact]
    public void AFolderThatIsNotThereYetIsOnItsParentsVolume() => Assert.Equal(
        Path.TrimEndingDirectorySeparator(Path.GetTempPath()), Path.TrimEndingDirectorySeparator(SystemFacts.Existing(Path.Join(Path.GetTempPath(), "none", "of", "these"))));
}
