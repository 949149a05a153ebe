using System.Globalization;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Python;

/// <summary>Plays the program that adds up a vector across the GPUs: the same steps in the same words. With NcclHang, reading each other's memory never ends.</summary>
internal static class CollectiveProgram
{
    private const double Bytes = 64 << 20;

    public static async Task<int> RunAsync(SimulatedMachine machine, string rank, int world, TextWriter output)
    {
        await TellAsync("imported", "\"torch\": \"2.13.0+cu130\", \"cuda\": \"13.0\", \"nccl\": \"2.28.9\"", 4).ConfigureAwait(false);
        await TellAsync("device", $"\"name\": \"{machine.Gpu.Name}\"", 1).ConfigureAwait(false);
        await TellAsync("joined", null, 1).ConfigureAwait(false);
        if (world > 1 && machine.HasFault("NcclHang") && Environment.GetEnvironmentVariable("NCCL_P2P_DISABLE") != "1") await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
        await TellAsync("reduced", "\"correct\": true", 1).ConfigureAwait(false);
        var rate = machine.Gpu.Link.StartsWith("NV", StringComparison.Ordinal) ? 200e9 : 12e9;
        await TellAsync("measured", string.Create(CultureInfo.InvariantCulture, $"\"bytes\": {Bytes:0}, \"seconds\": {Bytes / rate:0.000000}"), 1).ConfigureAwait(false);
        return 0;

        async Task TellAsync(string step, string? more, double seconds)
        {
            await machine.PassAsync(seconds, CancellationToken.None).ConfigureAwait(false);
            await output.WriteLineAsync($"{{\"rank\": {rank}, \"step\": \"{step}\"{(more is null ? "" : ", " + more)}}}").ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
    }
}
