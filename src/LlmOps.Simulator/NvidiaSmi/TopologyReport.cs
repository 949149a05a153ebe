using LlmOps.Simulator.Machine;

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

    public static void Write(TextWriter output, SimulatedMachine machine, int count)
    {
        var link = machine.HasFault("NvLinkDown") && machine.Gpu.Link.StartsWith("NV", StringComparison.Ordinal) ? "NODE" : machine.Gpu.Link;
        output.WriteLine($"\t\x1b[4m{string.Join('\t', Enumerable.Range(0, count).Select(index => $"GPU{index}"))}\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\x1b[0m");
        foreach (var row in Enumerable.Range(0, count))
            output.WriteLine($"GPU{row}\t{string.Join('\t', Enumerable.Range(0, count).Select(column => column == row ? " X " : link))}\t0-31\t0\t\tN/A");
        output.WriteLine(Legend);
    }

    /// <summary>What <c>nvidia-smi topo -p2p r</c> prints: cards for players can't read each other's memory.</summary>
    public static void WritePeers(TextWriter output, SimulatedMachine machine, int count)
    {
        var state = machine.Gpu.Name.Contains("GeForce", StringComparison.Ordinal) ? "CNS" : "OK";
        output.WriteLine($" \t{string.Concat(Enumerable.Range(0, count).Select(index => $"GPU{index}\t"))}");
        foreach (var row in Enumerable.Range(0, count))
            output.WriteLine($" GPU{row}\t{string.Concat(Enumerable.Range(0, count).Select(column => column == row ? "X\t" : state + "\t"))}");
        output.WriteLine("\nLegend:\n\n  X    = Self\n  OK   = Status Ok\n  CNS  = Chipset not supported\n  GNS  = GPU not supported\n  TNS  = Topology not supported\n  NS   = Not supported\n  U    = Unknown\n");
    }
}
