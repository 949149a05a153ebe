using System.Globalization;
using LlmOps.Processes;

namespace LlmOps;

/// <summary>The failures of reading GPUs.</summary>
public static class GpuErrors
{
    /// <summary>The machine has no GPU that can be read.</summary>
    /// <param name="reason">How that is known.</param>
    public static LlmOpsException NoGpu(string reason) => new(
        "NoGpu", ErrorKind.ObjectNotFound, $"There is no GPU: {reason}.",
        "Use a rig with GPUs. In a container, look whether it was started with them (docker run --gpus all) and whether nvidia-smi or amd-smi is in PATH.");

    /// <summary>None of the programs that read GPUs is there.</summary>
    public static LlmOpsException ToolMissing() => new(
        "GpuToolMissing", ErrorKind.NotInstalled, "There is no GPU that can be read: neither nvidia-smi nor amd-smi nor rocm-smi is in PATH.",
        "Use a rig with GPUs and their driver. In a container, look whether it was started with them (docker run --gpus all).");

    /// <summary>The NVIDIA tools are there, the driver is not.</summary>
    /// <param name="said">What the tool said.</param>
    public static LlmOpsException DriverNotLoaded(string said) => new(
        "DriverNotLoaded", ErrorKind.ResourceUnavailable, $"The NVIDIA driver is not loaded: {said}",
        "On the rig: sudo modprobe nvidia; after a kernel update, install the driver again or reboot. In a container, the driver comes from the host.");

    /// <summary>The driver was updated underneath the running kernel module.</summary>
    /// <param name="said">What the tool said.</param>
    public static LlmOpsException DriverMismatch(string said) => new(
        "DriverMismatch", ErrorKind.ResourceUnavailable, $"The NVIDIA driver's kernel module and libraries differ in version: {said}",
        "Reboot the rig, so that the kernel loads the driver that is installed.");

    /// <summary>A GPU no longer answers.</summary>
    /// <param name="said">What the tool said.</param>
    public static LlmOpsException GpuLost(string said) => new(
        "GpuLost", ErrorKind.ResourceUnavailable, $"A GPU no longer answers: {said}",
        "Reboot the rig; if the GPU is lost again, take another machine.");

    /// <summary>The tool did not answer in time.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="limit">How long it was waited for.</param>
    public static LlmOpsException QueryTimeout(string tool, TimeSpan limit) => new(
        "GpuQueryTimeout", ErrorKind.OperationTimeout,
        string.Create(CultureInfo.InvariantCulture, $"{tool} did not answer within {limit.TotalSeconds:0.###} s."),
        $"Run '{tool}' on the rig by hand; if it hangs there too, a GPU or its driver hangs: reboot the rig.", tool);

    /// <summary>The tool failed, or its answer made no sense.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="run">How it ended.</param>
    public static LlmOpsException QueryFailed(string tool, ProgramOutput run)
    {
        var said = (run.Error.Trim().Length > 0 ? run.Error : run.Output).Trim();
        var end = run.Exit.Code is { } code ? $"exit code {code}" : $"signal {run.Exit.Signal}";
        return new LlmOpsException(
            "GpuQueryFailed", ErrorKind.InvalidResult, $"{tool} gave no usable answer ({end}): {(said.Length > 400 ? said[..400] + "…" : said)}",
            $"Run '{tool}' on the rig by hand and look at what it says.", tool);
    }

    /// <summary>The interval between two readings cannot be kept.</summary>
    /// <param name="interval">The interval.</param>
    public static LlmOpsException IntervalOutOfRange(TimeSpan interval) => new(
        "IntervalOutOfRange", ErrorKind.InvalidArgument, $"GPUs cannot be read every '{interval}'.",
        "Give -Interval a time from 0.05 seconds to one day, such as -Interval 1 or -Interval 00:00:10.");

    /// <summary>The catalogue has no such GPU.</summary>
    /// <param name="text">The name.</param>
    /// <param name="nearest">Names that look like it.</param>
    public static LlmOpsException Unknown(string text, IReadOnlyList<string> nearest) => new(
        "GpuUnknown", ErrorKind.ObjectNotFound, $"The GPU '{text}' is not known.",
        $"Did you mean {string.Join(", ", nearest)}? All that are known: Get-GpuSpec", text);
}
