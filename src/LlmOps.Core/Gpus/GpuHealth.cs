using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using LlmOps.Rigs;

namespace LlmOps.Gpus;

/// <summary>What the NVIDIA driver says about the condition of one GPU, from <c>nvidia-smi -q -x</c>. What it does not say is null or empty.</summary>
internal sealed record GpuHealth
{
    /// <summary>The facts that do not change.</summary>
    public required RigReportGpu Facts { get; init; }

    /// <summary>CUDA's compute capability, such as <c>9.0</c>.</summary>
    public string? ComputeCapability { get; init; }

    /// <summary>How many instances it is divided into.</summary>
    public int MigInstances { get; init; }

    /// <summary>Memory errors since the driver was loaded that could not be corrected.</summary>
    public long? UncorrectedErrors { get; init; }

    /// <summary>Memory errors ever that could not be corrected.</summary>
    public long? UncorrectedErrorsEver { get; init; }

    /// <summary>True if rows or pages of memory wait to be replaced at the next reset.</summary>
    public bool RepairPending { get; init; }

    /// <summary>True if memory could not be replaced.</summary>
    public bool RepairFailed { get; init; }

    /// <summary>The power limit that the maker has set, in watts.</summary>
    public double? DefaultPowerLimit { get; init; }

    /// <summary>What the NVSwitch fabric says, such as <c>Completed</c>; null without one.</summary>
    public string? FabricState { get; init; }

    /// <summary>The parts of the document that the above was read from, as text.</summary>
    public required IReadOnlyDictionary<string, string> Sections { get; init; }

    /// <summary>Reads the GPUs of a document.</summary>
    /// <param name="log">The document, already parsed for its facts.</param>
    /// <param name="text">The same document.</param>
    /// <param name="capabilities">The compute capability by uuid.</param>
    /// <exception cref="XmlException">The text is not XML.</exception>
    public static IReadOnlyList<GpuHealth> Read(SmiLog log, string text, IReadOnlyDictionary<string, string> capabilities)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        return [.. log.Gpus.Zip(XDocument.Load(reader).Root!.Elements("gpu"), (gpu, element) => Gpu(gpu, element, capabilities.GetValueOrDefault(gpu.Facts.Uuid ?? "")))];
    }

    /// <summary>Sections of the document as evidence.</summary>
    /// <param name="names">Which.</param>
    public string Evidence(params string[] names) =>
        $"GPU {Facts.Index} {Facts.Name}\n{string.Join('\n', names.Select(name => Sections.GetValueOrDefault(name, $"<{name}> is not reported")))}";

    private static GpuHealth Gpu(SmiLogGpu log, XElement gpu, string? capability) => new()
    {
        Facts = log.Facts,
        ComputeCapability = capability,
        MigInstances = log.MigInstances.Count,
        UncorrectedErrors = Uncorrected(gpu.Element("ecc_errors")?.Element("volatile")),
        UncorrectedErrorsEver = Uncorrected(gpu.Element("ecc_errors")?.Element("aggregate")),
        RepairPending = Says(gpu, "remapped_row_pending", "Yes") || Says(gpu, "pending_retirement", "Yes") || Says(gpu, "pending_blacklist", "Yes"),
        RepairFailed = Says(gpu, "remapped_row_failure", "Yes"),
        DefaultPowerLimit = SmiValue.Number((gpu.Element("gpu_power_readings") ?? gpu.Element("power_readings"))?.Element("default_power_limit")?.Value),
        FabricState = SmiValue.Text(gpu.Element("fabric")?.Element("state")?.Value),
        Sections = gpu.Elements().GroupBy(section => section.Name.LocalName).ToDictionary(same => same.Key, same => same.First().ToString()),
    };

    /// <summary>All counters that name uncorrected errors; their names differ from driver to driver.</summary>
    private static long? Uncorrected(XElement? counters)
    {
        var counts = counters?.Descendants().Where(counter => !counter.HasElements && counter.Name.LocalName.Contains("uncorrectable", StringComparison.Ordinal))
            .Select(counter => long.TryParse(counter.Value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : (long?)null)
            .OfType<long>().ToList();
        return counts is { Count: > 0 } ? counts.Sum() : null;
    }

    private static bool Says(XElement gpu, string name, string value) =>
        gpu.Descendants(name).Any(element => element.Value.Trim().Equals(value, StringComparison.OrdinalIgnoreCase));
}
