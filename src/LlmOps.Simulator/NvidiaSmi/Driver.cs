namespace LlmOps.Simulator.NvidiaSmi;

/// <summary>The driver that all rehearsal rigs have.</summary>
internal static class Driver
{
    public const string Version = "580.159.04";
    public const string NvmlVersion = "580.159";
    public const string CudaVersion = "13.0";

    public const string NotLoaded =
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n";
}
