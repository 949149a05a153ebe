using LlmOps.Simulator.Gpus;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.NvidiaSmi;

/// <summary>The program <c>nvidia-smi</c>, in the formats of driver 580.</summary>
internal static class NvidiaSmiCommand
{
    private const int InvalidArgument = 2;
    private const int NotFound = 6;
    private const int NoDriver = 9;

    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        var options = NvidiaSmiOptions.Parse(arguments);
        if (options.Error is { } error) return Refuse(output, error, 1);
        var machine = SimulatedMachine.OfThisProcess();
        if (machine.HasFault("DriverNotLoaded")) return Refuse(output, Driver.NotLoaded, NoDriver);
        if (options.Version) return Refuse(output, $"NVIDIA-SMI version  : {Driver.Of(machine).Version}\nNVML version        : {Driver.Of(machine).NvmlVersion}\nDRIVER version      : {Driver.Of(machine).Version}\nCUDA Version        : {Driver.Of(machine).CudaVersion}\n", 0);
        if (machine.HasFault("NoGpu")) return Refuse(output, "No devices were found\n", NotFound);
        var csv = options.QueryGpu is null && options.QueryApps is null ? null : new CsvReport(machine, options);
        if (csv?.Refusal() is { } refusal) return Refuse(output, refusal, InvalidArgument);
        csv?.Header(output);
        for (var first = true; first || options.Interval is not null; first = false)
        {
            if (!first) await Task.Delay(options.Interval!.Value).ConfigureAwait(false);
            var gpus = GpuReading.All(machine);
            if (options.Gpus.FirstOrDefault(id => !gpus.Any(gpu => Is(gpu, id))) is { } unknown)
                return Refuse(output, $"No devices were found\n", unknown.Length > 0 ? NotFound : InvalidArgument);
            if (options.Gpus.Count > 0) gpus = [.. gpus.Where(gpu => options.Gpus.Any(id => Is(gpu, id)))];
            if (csv is not null) csv.Rows(output, gpus);
            else if (options.List) foreach (var gpu in gpus) await output.WriteLineAsync($"GPU {gpu.Index}: {machine.Gpu.Name} (UUID: {gpu.Uuid})").ConfigureAwait(false);
            else if (options.Peers) TopologyReport.WritePeers(output, machine, gpus.Count);
            else if (options.Topology) TopologyReport.Write(output, machine, gpus.Count);
            else if (options.Query) XmlReport.Write(output, machine, gpus);
            else TableReport.Write(output, machine, gpus);
            await output.FlushAsync().ConfigureAwait(false);
        }

        return 0;
    }

    private static bool Is(GpuReading gpu, string id) => id == $"{gpu.Index}" || id.Equals(gpu.Uuid, StringComparison.OrdinalIgnoreCase) || id.Equals(gpu.BusId, StringComparison.OrdinalIgnoreCase);

    private static int Refuse(TextWriter output, string text, int code)
    {
        output.Write(text);
        return code;
    }
}
