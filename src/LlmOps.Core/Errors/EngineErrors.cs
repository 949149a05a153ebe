namespace LlmOps;

/// <summary>The failures of putting an engine on a rig.</summary>
public static class EngineErrors
{
    /// <summary>The engine is not on the rig.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="version">The version that was asked for, or null for any.</param>
    public static LlmOpsException NotInstalled(string engine, string? version) => new(
        "EngineNotInstalled", ErrorKind.NotInstalled, $"{engine}{(version is null ? "" : " " + version)} is not installed on the rig.",
        $"Install it with Initialize-GpuRig RIG -Engine {engine}{(version is null ? "" : " -Version " + version)}.", engine);

    /// <summary>The text is no version.</summary>
    /// <param name="version">The text.</param>
    public static LlmOpsException VersionInvalid(string version) => new(
        "EngineVersionInvalid", ErrorKind.InvalidArgument, $"'{version}' is not a version.", "Write it as it is published, such as 0.29.0.", version);

    /// <summary>There is no NVIDIA driver on the rig.</summary>
    /// <param name="detail">What nvidia-smi said, or null.</param>
    public static LlmOpsException DriverMissing(string? detail) => new(
        "GpuDriverMissing", ErrorKind.ResourceUnavailable, $"The NVIDIA driver of the rig does not answer{(detail is null ? ": there is no nvidia-smi" : ": " + detail)}.",
        "Install the driver and load it (a fresh install needs a restart), or take an image with a driver.");

    /// <summary>The driver is too old for every build of the engine.</summary>
    /// <param name="driver">Its version.</param>
    /// <param name="least">The oldest that will do.</param>
    public static LlmOpsException DriverTooOld(string driver, int least) => new(
        "GpuDriverTooOld", ErrorKind.ResourceUnavailable, $"The rig's NVIDIA driver {driver} is too old: vLLM needs {least} or later.",
        $"Update the driver to {least} or later, or take a rig with a newer one.", driver);

    /// <summary>uv could not be put on the rig.</summary>
    /// <param name="detail">Why.</param>
    /// <param name="inner">The failure underneath, or null.</param>
    public static LlmOpsException UvUnavailable(string detail, Exception? inner = null) => new(
        "UvUnavailable", ErrorKind.ConnectionError, $"uv could not be installed on the rig: {detail}",
        "Look whether the rig reaches github.com, or put uv into its PATH yourself, and run the command again.", "uv", inner);

    /// <summary>A step of the installation failed.</summary>
    /// <param name="step">What was done.</param>
    /// <param name="detail">What the program said.</param>
    public static LlmOpsException InstallFailed(string step, string detail) => new(
        "EngineInstallFailed", ErrorKind.InvalidResult, $"The installation failed while {step}: {detail}",
        "Run Initialize-GpuRig again; what was fetched so far is kept. If it fails again, look for the named package or for space on the rig's disk.", step);

    /// <summary>The rig's disk is full.</summary>
    /// <param name="step">What was done.</param>
    /// <param name="detail">What the program said.</param>
    public static LlmOpsException DiskFull(string step, string detail) => new(
        "EngineDiskFull", ErrorKind.LimitsExceeded, $"The rig's disk is full; the installation stopped while {step}: {detail}",
        "Make room (an engine takes about 15 GB; see what takes it with Invoke-GpuRigCommand RIG 'df -h; du -xsh ~/.cache ~/.llmops'), then run Initialize-GpuRig again.", step);

    /// <summary>There is no C compiler, and it could not be installed.</summary>
    public static LlmOpsException CompilerMissing() => new(
        "CompilerMissing", ErrorKind.NotInstalled, "The rig has no C compiler; vLLM compiles kernels while it runs.",
        $"On the rig run: {Engines.CCompiler.InstallCommand}", "gcc");
}
