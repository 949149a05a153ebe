using System.Xml;
using System.Xml.Linq;
using LlmOps.Rigs;

namespace LlmOps.Gpus;

/// <summary>Reads <c>nvidia-smi -q -x</c>. The document's DTD differs from driver to driver, so elements that are missing are simply not known.</summary>
internal static class SmiXml
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };

    /// <exception cref="XmlException">The text is not XML.</exception>
    public static SmiLog Parse(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), Settings);
        var root = XDocument.Load(reader).Root!;
        return new SmiLog(Text(root, "driver_version"), Text(root, "cuda_version"), [.. root.Elements("gpu").Select(Gpu)]);
    }

    private static SmiLogGpu Gpu(XElement gpu, int index)
    {
        var link = gpu.Element("pci")?.Element("pci_gpu_link_info");
        var generation = link?.Element("pcie_gen");
        var width = link?.Element("link_widths");
        var power = gpu.Element("gpu_power_readings") ?? gpu.Element("power_readings");
        var facts = new RigReportGpu
        {
            Index = index,
            Name = Text(gpu, "product_name") ?? "",
            Uuid = Text(gpu, "uuid"),
            Architecture = Text(gpu, "product_architecture"),
            Memory = SmiValue.Mebibytes(gpu.Element("fb_memory_usage")?.Element("total")?.Value),
            PcieGeneration = Integer(generation, "current_link_gen"),
            PcieGenerationMax = Integer(generation, "max_link_gen"),
            PcieWidth = Integer(width, "current_link_width"),
            PcieWidthMax = Integer(width, "max_link_width"),
            EccEnabled = SmiValue.Enabled(gpu.Element("ecc_mode")?.Element("current_ecc")?.Value),
            MigEnabled = SmiValue.Enabled(gpu.Element("mig_mode")?.Element("current_mig")?.Value),
            PowerLimit = SmiValue.Number((power?.Element("current_power_limit") ?? power?.Element("enforced_power_limit") ?? power?.Element("power_limit"))?.Value),
            PowerLimitMax = SmiValue.Number(power?.Element("max_power_limit")?.Value),
            ThrottleReasons = [.. Throttles(gpu)],
        };
        return new SmiLogGpu(
            facts,
            [.. (gpu.Element("mig_devices")?.Elements("mig_device") ?? []).Select(Instance)],
            [.. (gpu.Element("processes")?.Elements("process_info") ?? []).Select(Process).OfType<GpuProcess>()]);
    }

    private static MigInstance Instance(XElement instance, int position)
    {
        var memory = instance.Element("fb_memory_usage");
        return new MigInstance(
            Integer(instance, "index") ?? position,
            Integer(instance, "gpu_instance_id"),
            Integer(instance, "compute_instance_id"),
            Integer(instance.Descendants("multiprocessor_count").FirstOrDefault()),
            SmiValue.Mebibytes(memory?.Element("used")?.Value),
            SmiValue.Mebibytes(memory?.Element("free")?.Value),
            SmiValue.Mebibytes(memory?.Element("total")?.Value));
    }

    private static GpuProcess? Process(XElement process) =>
        Integer(process, "pid") is { } pid && Text(process, "type") is null or "C" or "M+C" or "C+G"
            ? new GpuProcess(pid, Text(process, "process_name") ?? "", SmiValue.Mebibytes(process.Element("used_memory")?.Value), Integer(process, "gpu_instance_id"))
            : null;

    /// <summary>The reasons that are active, such as <c>sw_power_cap</c>; an idle GPU's low clock is none.</summary>
    private static IEnumerable<string> Throttles(XElement gpu)
    {
        foreach (var reason in (gpu.Element("clocks_event_reasons") ?? gpu.Element("clocks_throttle_reasons"))?.Elements() ?? [])
        {
            var name = reason.Name.LocalName;
            var reasonName = name[(name.IndexOf("_reason_", StringComparison.Ordinal) is var at and >= 0 ? at + "_reason_".Length : 0)..];
            if (reason.Value.Trim() == "Active" && reasonName is not "gpu_idle") yield return reasonName;
        }
    }

    private static string? Text(XElement parent, string name) => SmiValue.Text(parent.Element(name)?.Value);

    private static int? Integer(XElement? parent, string name) => Integer(parent?.Element(name));

    private static int? Integer(XElement? element) => SmiValue.Integer(element?.Value);
}
