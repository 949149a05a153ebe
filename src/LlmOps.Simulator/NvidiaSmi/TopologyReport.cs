using LlmOps.Rigs.Simulation;

namespace LlmOps.Simulator.NvidiaSmi;

/// <summary>What <c>nvidia-smi topo -m</c> prints.</summary>
internal static class TopologyReport
{
    private const string Legend = """

        Legend:

          X    = Self
          SYS  = Connection traversing PCIe as well as the SMP interconnect between NUMA nodes (e.g., QPI/UPI)
          NODE = Connection traversing PCIe as well as the interconnect between PCIe Host Bridges within a NUMA node
          PHB  = Connection traversing PCIe as well as a PCIe Host Bridge (typically the CPU)
          PXB  = Connection traversing multiple PCIe bridges (without traversing the PCIe Host Bridge)
          PIX  = Connection traversing at most a single PCIe bridge
          NV#  = Connection traversing a bonded set of # NVLinks
        """;

    public static void Write(TextWriter output, SimulatedGpu gpu, int count)
    {
        output.WriteLine($"\t\x1b[4m{string.Join('\t', Enumerable.Range(0, count).Select(index => $"GPU{index}"))}\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\x1b[0m");
        foreach (var row in Enumerable.Range(0, count))
            output.WriteLine($"GPU{row}\t{string.Join('\t', Enumerable.Range(0, count).Select(column => column == row ? " X " : gpu.Link))}\t0-31\t0\t\tN/A");
        output.WriteLine(Legend);
    }
}
