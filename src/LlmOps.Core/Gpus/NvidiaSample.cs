namespace LlmOps.Gpus;

/// <summary>Puts together what <c>nvidia-smi</c> said in one sample.</summary>
internal static class NvidiaSample
{
    /// <summary>The fields of <c>--query-gpu</c> that a sample asks for; all are known to drivers since 450.</summary>
    public static readonly IReadOnlyList<string> GpuFields =
    [
        "index", "uuid", "name", "mig.mode.current", "memory.total", "memory.used", "memory.free", "utilization.gpu", "temperature.gpu", "power.draw", "power.limit",
    ];

    /// <summary>The fields of <c>--query-compute-apps</c>.</summary>
    public static readonly IReadOnlyList<string> ProcessFields = ["gpu_uuid", "pid", "process_name", "used_memory"];

    private static readonly SmiCsv GpuTable = new(GpuFields, "name");
    private static readonly SmiCsv ProcessTable = new(ProcessFields, "process_name");

    /// <summary>The GPUs of <c>--query-gpu</c>, without processes.</summary>
    public static IReadOnlyList<SmiRow> Rows(string text) => [.. GpuTable.Read(text).Where(row => SmiValue.Integer(row["index"]) is not null)];

    public static bool HasMig(IEnumerable<SmiRow> rows) => rows.Any(row => SmiValue.Enabled(row["mig.mode.current"]) == true);

    /// <summary>The processes of <c>--query-compute-apps</c> by the GPU's uuid.</summary>
    public static ILookup<string, GpuProcess> Processes(string text) => ProcessTable.Read(text)
        .Where(row => SmiValue.Integer(row["pid"]) is not null)
        .ToLookup(
            row => row["gpu_uuid"]!,
            row => new GpuProcess(SmiValue.Integer(row["pid"])!.Value, row["process_name"]!, SmiValue.Mebibytes(row["used_memory"])),
            StringComparer.OrdinalIgnoreCase);

    /// <summary>One GPU.</summary>
    /// <param name="row">Its row of <c>--query-gpu</c>.</param>
    /// <param name="processes">All processes.</param>
    /// <param name="log">The same GPU in <c>-q -x</c>, which is read where MIG is on.</param>
    /// <param name="system">Reads the machine's memory, for a GPU that shares it.</param>
    /// <param name="now">The time of the sample.</param>
    public static GpuMemory Gpu(SmiRow row, ILookup<string, GpuProcess> processes, SmiLogGpu? log, Func<SystemMemory> system, DateTimeOffset now)
    {
        var uuid = SmiValue.Text(row["uuid"]);
        var gpu = new GpuMemory
        {
            Index = SmiValue.Integer(row["index"]) ?? 0,
            Name = row["name"] ?? "",
            Uuid = uuid,
            Total = SmiValue.Mebibytes(row["memory.total"]),
            Used = SmiValue.Mebibytes(row["memory.used"]),
            Free = SmiValue.Mebibytes(row["memory.free"]),
            Utilization = SmiValue.Integer(row["utilization.gpu"]),
            Temperature = SmiValue.Integer(row["temperature.gpu"]),
            PowerDraw = SmiValue.Number(row["power.draw"]),
            PowerLimit = SmiValue.Number(row["power.limit"]),
            Processes = log?.Processes ?? [.. processes[uuid ?? ""]],
            MigInstances = log?.MigInstances ?? [],
            Timestamp = now,
        };
        return row["memory.total"] is "[N/A]" or "N/A" or "[Not Supported]" && log is null ? Unified(gpu, system()) : gpu;
    }

    private static GpuMemory Unified(GpuMemory gpu, SystemMemory system) => gpu with
    {
        UnifiedMemory = true,
        Total = system.Total,
        Free = system.Available,
        Used = system.Total - system.Available,
    };
}
