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

    /// <summary>The newest build that a driver runs.</summary>
    /// <param name="driver">The driver's version, such as <c>570.86.15</c>.</param>
    /// <exception cref="LlmOpsException"><c>GpuDriverTooOld</c>.</exception>
    public static VllmWheel For(string driver)
    {
        var major = int.TryParse(driver.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : 0;
        return Builds.FirstOrDefault(build => major >= build.LeastDriver) ?? throw EngineErrors.DriverTooOld(driver, Builds[^1].LeastDriver);
    }

    /// <summary>The arguments of <c>uv pip install</c> for a version of vLLM.</summary>
    /// <param name="version">The version.</param>
    public IReadOnlyList<string> Install(string version) =>
        [$"vllm=={version}", .. Arguments.Select(argument => argument.Replace("{0}", version, StringComparison.Ordinal))];
}
