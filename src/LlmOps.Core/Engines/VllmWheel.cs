using System.Globalization;

namespace LlmOps.Engines;

/// <summary>Which build of vLLM fits an NVIDIA driver.</summary>
/// <param name="Variant">The CUDA it is built for, such as <c>cu130</c>.</param>
/// <param name="LeastDriver">The oldest major version of the driver that runs it.</param>
/// <param name="Arguments">What uv needs to find it; <c>{0}</c> stands for vLLM's version.</param>
internal sealed record VllmWheel(string Variant, int LeastDriver, IReadOnlyList<string> Arguments)
{
    // Least drivers: NVIDIA, CUDA Compatibility, table of minor version compatibility (13.x: 580, 12.x: 525).
    // Indexes: vllm-project/vllm#44335; the wheel on PyPI is built for CUDA 13, and --torch-backend alone would choose torch's build only.
    private static readonly VllmWheel[] Builds =
    [
        new("cu130", 580, ["--torch-backend=cu130"]),
        new("cu129", 525, ["--extra-index-url", "https://wheels.vllm.ai/{0}/cu129", "--torch-backend=cu129"]),
    ];

    /// <summary>The oldest major version of the driver that runs any build.</summary>
    public static int LeastDriverOfAll => Builds[^1].LeastDriver;

    /// <summary>The newest build that a driver runs.</summary>
    /// <param name="driver">The driver's version, such as <c>570.86.15</c>.</param>
    /// <exception cref="LlmOpsException"><c>GpuDriverTooOld</c>.</exception>
    public static VllmWheel For(string driver) => NewestFor(driver) ?? throw EngineErrors.DriverTooOld(driver, LeastDriverOfAll);

    /// <summary>The same, or null if the driver is too old for all.</summary>
    /// <param name="driver">The driver's version.</param>
    public static VllmWheel? NewestFor(string driver) => Builds.FirstOrDefault(build => build.Runs(driver));

    /// <summary>The build of a variant, or null if it is not known.</summary>
    /// <param name="variant">Such as <c>cu130</c>.</param>
    public static VllmWheel? Of(string variant) => Builds.FirstOrDefault(build => build.Variant == variant);

    /// <summary>All builds with the drivers that they need, such as <c>cu130: 580</c>.</summary>
    public static string Describe() => string.Join(", ", Builds.Select(build => $"{build.Variant}: {build.LeastDriver}"));

    /// <summary>True if a driver runs it.</summary>
    /// <param name="driver">The driver's version.</param>
    public bool Runs(string driver) => int.TryParse(driver.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major >= LeastDriver;

    /// <summary>The arguments of <c>uv pip install</c> for a version of vLLM.</summary>
    /// <param name="version">The version.</param>
    public IReadOnlyList<string> Install(string version) =>
        [$"vllm=={version}", .. Arguments.Select(argument => argument.Replace("{0}", version, StringComparison.Ordinal))];
}
