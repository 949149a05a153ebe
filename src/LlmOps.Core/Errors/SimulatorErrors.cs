using LlmOps.Gpus;
using LlmOps.Rigs.Simulation;

namespace LlmOps;

/// <summary>The failures of rehearsal rigs.</summary>
public static class SimulatorErrors
{
    /// <summary>The simulator does not know that GPU model.</summary>
    /// <param name="gpu">The name that was asked for.</param>
    public static LlmOpsException GpuUnknown(string gpu) => new(
        "SimulatedGpuUnknown", ErrorKind.InvalidArgument, $"The simulator does not know the GPU '{gpu}'.",
        $"Use an NVIDIA GPU, such as {string.Join(", ", GpuCatalog.Nearest(gpu))}. All that are known: Get-GpuSpec", gpu);

    /// <summary>The simulator does not know that fault.</summary>
    /// <param name="fault">The text that was given.</param>
    public static LlmOpsException FaultUnknown(string fault) => new(
        "SimulatedFaultUnknown", ErrorKind.InvalidArgument, $"The simulator does not know the fault '{fault}'.",
        $"Use one of: {string.Join(", ", SimulatedFault.Names)}; CrashAfter and DropSsh take seconds, as in CrashAfter:30.", fault);

    /// <summary>A rig cannot have that many GPUs.</summary>
    /// <param name="count">The number that was asked for.</param>
    public static LlmOpsException GpuCountInvalid(int count) => new(
        "SimulatedGpuCountInvalid", ErrorKind.InvalidArgument, $"A simulated rig cannot have {count} GPUs.", "Ask for 1 to 16 GPUs.", $"{count}");

    /// <summary>The clock cannot run at that speed.</summary>
    /// <param name="speed">The speed that was asked for.</param>
    public static LlmOpsException SpeedInvalid(double speed) => new(
        "SimulatedSpeedInvalid", ErrorKind.InvalidArgument, FormattableString.Invariant($"The clock of a simulated rig cannot run at speed {speed}."),
        "Use a speed from 0.1 to 10000; 1 is as slow as a real machine.", FormattableString.Invariant($"{speed}"));

    /// <summary>The folder of a rehearsal rig is gone.</summary>
    /// <param name="folder">The folder.</param>
    public static LlmOpsException RigMissing(string folder) => new(
        "SimulatedRigMissing", ErrorKind.ObjectNotFound, $"There is no simulated rig in '{folder}'.",
        "Forget it with Remove-GpuRig and make a new one with New-GpuRig -Simulated.", folder);

    /// <summary>The folder of a rehearsal rig is there already.</summary>
    /// <param name="folder">The folder.</param>
    public static LlmOpsException FolderTaken(string folder) => new(
        "SimulatedRigFolderTaken", ErrorKind.ResourceExists, $"The folder '{folder}' of the simulated rig exists already.",
        "Choose another -Name, or remove the rig that it belongs to with Remove-GpuRig.", folder);

    /// <summary>The executable of the simulator is not there.</summary>
    /// <param name="path">Where it should be.</param>
    public static LlmOpsException ExecutableMissing(string path) => new(
        "SimulatorMissing", ErrorKind.NotInstalled, $"The simulator '{path}' is missing.",
        "Build or install the module again; simulated rigs run on Linux, x64 and arm64.", path);

    /// <summary>This system cannot host rehearsal rigs.</summary>
    public static LlmOpsException PlatformUnsupported() => new(
        "SimulatorUnsupported", ErrorKind.NotInstalled, "Simulated rigs run on Linux only.",
        "Use Linux, a container or WSL, or attach a machine with New-GpuRig user@host.");

    /// <summary>A part of a rehearsal rig did not start.</summary>
    /// <param name="part">The part, such as <c>SSH server</c>.</param>
    /// <param name="detail">What it said.</param>
    public static LlmOpsException NotStarted(string part, string detail) => new(
        "SimulatedRigNotStarted", ErrorKind.ResourceUnavailable, $"The {part} of the simulated rig did not start: {detail}",
        "Read the message; then remove the rig with Remove-GpuRig and make it again.", part);

    /// <summary>Processes of a rehearsal rig would not end.</summary>
    /// <param name="folder">The rig's folder.</param>
    /// <param name="processes">Their ids.</param>
    public static LlmOpsException NotEnded(string folder, IEnumerable<int> processes) => new(
        "SimulatedRigNotEnded", ErrorKind.OperationTimeout, $"Processes of the simulated rig in '{folder}' did not end: {string.Join(", ", processes)}.",
        "End them by hand, then run Remove-GpuRig again.", folder);
}
