using System.Text.RegularExpressions;

namespace LlmOps.Gpus;

/// <summary>The versions that <c>nvidia-smi</c> writes for people: in the head of its table, and with <c>--version</c>.</summary>
/// <param name="Driver">The driver's version.</param>
/// <param name="Cuda">The newest CUDA that the driver runs.</param>
internal readonly partial record struct SmiVersions(string? Driver, string? Cuda)
{
    public static SmiVersions Parse(string text) => new(Of(DriverVersion().Match(text)), Of(CudaVersion().Match(text)));

    private static string? Of(Match match) => match.Success ? match.Groups[1].Value : null;

    [GeneratedRegex(@"driver version\s*:\s*([0-9][0-9.]*)", RegexOptions.IgnoreCase)]
    private static partial Regex DriverVersion();

    [GeneratedRegex(@"cuda version\s*:\s*([0-9][0-9.]*)", RegexOptions.IgnoreCase)]
    private static partial Regex CudaVersion();
}
