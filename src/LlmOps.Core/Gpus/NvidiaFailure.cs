using LlmOps.Processes;

namespace LlmOps.Gpus;

/// <summary>What it means when <c>nvidia-smi</c> answers without a GPU: by its exit code, as <c>nvidia-smi --help</c> and its manual page ("RETURN VALUE") list them, and by what it wrote.</summary>
internal static class NvidiaFailure
{
    public static LlmOpsException Of(ProgramOutput run)
    {
        var said = (run.Output + run.Error).Trim();
        return run.Exit.Code switch
        {
            _ when Says("No devices were found") => GpuErrors.NoGpu("nvidia-smi finds no device"),
            _ when Says("version mismatch") => GpuErrors.DriverMismatch(FirstLine(said)),
            9 or 12 => GpuErrors.DriverNotLoaded(FirstLine(said)),
            _ when Says("communicate with the NVIDIA driver") || Says("couldn't find libnvidia-ml") => GpuErrors.DriverNotLoaded(FirstLine(said)),
            6 => GpuErrors.NoGpu("nvidia-smi finds no device"),
            15 => GpuErrors.GpuLost(FirstLine(said)),
            _ when Says("GPU is lost") || Says("Unable to determine the device handle") => GpuErrors.GpuLost(FirstLine(said)),
            0 when said.Length == 0 => GpuErrors.NoGpu("nvidia-smi names no device"),
            _ => GpuErrors.QueryFailed("nvidia-smi", run),
        };

        bool Says(string text) => said.Contains(text, StringComparison.OrdinalIgnoreCase);
    }

    private static string FirstLine(string said) => said.Split('\n', 2)[0].Trim();
}
