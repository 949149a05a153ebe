using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmOps.Gpus;

/// <summary>
/// A GPU's name taken apart: what is left when maker, form and memory are off, and the memory that the name tells. <c>NVIDIA A100-SXM4-80GB</c>, <c>a100 80 gb</c> and
/// <c>A100</c> have the same <see cref="Key"/>.
/// </summary>
/// <param name="Key">Capital letters and digits, such as <c>A100</c> or <c>6000ADA</c>.</param>
/// <param name="MemoryGB">The memory that the name tells, in GB, or null.</param>
/// <param name="IsSlice">True for a part of a GPU: a vGPU profile such as <c>A40-48Q</c>, or a MIG instance.</param>
internal sealed partial record GpuName(string Key, double? MemoryGB, bool IsSlice)
{
    private static readonly HashSet<string> Noise =
    [
        "NVIDIA", "AMD", "APPLE", "TESLA", "GEFORCE", "INSTINCT", "RADEON", "GRID", "GENERATION", "EDITION", "GPU", "GRAPHICS", "CORPORATION", "OAM", "BLACKWELL", "RTX", "GTX", "RX", "GB", "GIB",
        "SXM", "SXM2", "SXM3", "SXM4", "SXM5", "SXM6", "HBM", "HBM2", "HBM2E", "HBM3", "HBM3E", "MIG",
    ];

    /// <summary>Takes a name apart.</summary>
    /// <param name="text">As a person, a provider or a driver writes it.</param>
    /// <param name="keepForm">False to leave out PCIe too.</param>
    public static GpuName Parse(string text, bool keepForm = true)
    {
        var words = Word().Matches(text.ToUpperInvariant()).Select(match => match.Value).ToList();
        var slice = words.Contains("MIG");
        double? memory = null;
        var kept = new List<string>();
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            var isLast = index == words.Count - 1;
            if (index > 0 && isLast && Profile().Match(word) is { Success: true } profile) (memory, slice) = (Number(profile.Groups[1].Value), true);
            else if (index > 0 && Memory().Match(word) is { Success: true } told) memory = slice && Number(told.Groups[1].Value) < 8 ? memory : Number(told.Groups[1].Value);
            else if (index > 0 && !isLast && words[index + 1] is "GB" or "GIB" && double.TryParse(word, CultureInfo.InvariantCulture, out var plain)) memory = plain;
            else if (!Noise.Contains(word) && (keepForm || word != "PCIE")) kept.Add(word switch { "WORKSTATION" => "WS", "LAPTOP" => "MOBILE", _ => Glued().Replace(word, "") });
        }

        return new GpuName(string.Concat(kept), memory, slice);
    }

    private static double Number(string digits) => double.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A(?:NVIDIA|GEFORCE|RTX|GTX)+(?=[A-Z0-9])")]
    private static partial Regex Glued();

    [GeneratedRegex(@"[A-Z0-9]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\A(\d{1,3})[QCAB]\z")]
    private static partial Regex Profile();

    [GeneratedRegex(@"\A(\d{1,3})(?:GB|G|GIB)\z")]
    private static partial Regex Memory();
}
