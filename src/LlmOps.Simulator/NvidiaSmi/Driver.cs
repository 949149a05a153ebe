using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.NvidiaSmi;

/// <summary>The driver of a rehearsal rig.</summary>
/// <param name="Version">Its version.</param>
/// <param name="NvmlVersion">The version of its library.</param>
/// <param name="CudaVersion">The newest CUDA that it runs.</param>
internal sealed record Driver(string Version, string NvmlVersion, string CudaVersion)
{
    private static readonly Driver New = new("580.159.04", "580.159", "13.0");
    private static readonly Driver Old = new("470.256.02", "11.470.256.02", "11.4");

    /// <summary>The driver of a machine.</summary>
    public static Driver Of(SimulatedMachine machine) => machine.HasFault("OldDriver") ? Old : New;

    public const string NotLoaded =
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n";
}
