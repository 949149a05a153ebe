using LlmOps.Processes;

namespace LlmOps.Gpus;

/// <summary>Runs a vendor's tool within its time limit.</summary>
internal static class GpuToolRun
{
    public static async Task<ProgramOutput> RunAsync(string program, IReadOnlyList<string> arguments, TimeSpan limit, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            return await ProgramOutput.CaptureAsync(new ProcessStart { FileName = program, Arguments = arguments }, limit, time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw GpuErrors.QueryTimeout(program, limit);
        }
    }
}
