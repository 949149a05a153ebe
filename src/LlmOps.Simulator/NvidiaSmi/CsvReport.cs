using LlmOps.Simulator.Gpus;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.NvidiaSmi;

/// <summary>What <c>--query-gpu</c> and <c>--query-compute-apps</c> print.</summary>
internal sealed class CsvReport(SimulatedMachine machine, NvidiaSmiOptions options)
{
    private static readonly Dictionary<string, string> AppUnits = new()
    {
        ["timestamp"] = "",
        ["gpu_name"] = "",
        ["gpu_bus_id"] = "",
        ["gpu_serial"] = "",
        ["gpu_uuid"] = "",
        ["pid"] = "",
        ["process_name"] = "",
        ["name"] = "",
        ["used_gpu_memory"] = "MiB",
        ["used_memory"] = "MiB",
    };

    private readonly GpuFields _fields = new(machine);

    /// <summary>The complaint about a property that does not exist, or null.</summary>
    public string? Refusal()
    {
        var (wanted, known) = options.QueryGpu is { } fields
            ? (fields, (Func<string, bool>)(field => _fields.UnitOf(field) is not null))
            : (options.QueryApps!, AppUnits.ContainsKey);
        return wanted.FirstOrDefault(field => !known(field)) is { } unknown ? $"Field \"{unknown}\" is not a valid field to query.\n\n" : null;
    }

    public void Header(TextWriter output)
    {
        if (options.NoHeader) return;
        output.WriteLine(string.Join(", ", options.QueryGpu is { } fields
            ? fields.Select(field => Titled(field, _fields.UnitOf(field)!))
            : options.QueryApps!.Select(field => Titled(field is "used_memory" ? "used_gpu_memory" : field is "name" ? "process_name" : field, AppUnits[field]))));
    }

    public void Rows(TextWriter output, IReadOnlyList<GpuReading> gpus)
    {
        foreach (var gpu in gpus)
            if (options.QueryGpu is { } fields) output.WriteLine(string.Join(", ", fields.Select(field => Measured(_fields.ValueOf(field, gpu), _fields.UnitOf(field)!))));
            else
                foreach (var held in gpu.Holdings.Where(held => held.Bytes > 0))
                    output.WriteLine(string.Join(", ", options.QueryApps!.Select(field => Measured(AppValue(field, gpu, held), AppUnits[field]))));
    }

    private string AppValue(string field, GpuReading gpu, GpuHolding held) => field switch
    {
        "pid" => $"{held.Pid}",
        "process_name" or "name" => held.Name,
        "used_gpu_memory" or "used_memory" => $"{held.Bytes >> 20}",
        _ => _fields.ValueOf(field, gpu),
    };

    private static string Titled(string field, string unit) => unit.Length == 0 ? field : $"{field} [{unit}]";

    private string Measured(string value, string unit) => unit.Length == 0 || options.NoUnits || value.Contains("N/A", StringComparison.Ordinal) ? value : $"{value} {unit}";
}
