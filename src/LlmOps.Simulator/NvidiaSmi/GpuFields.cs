using System.Globalization;
using LlmOps.Rigs.Simulation;
using LlmOps.Simulator.Gpus;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.NvidiaSmi;

/// <summary>The properties of <c>nvidia-smi --help-query-gpu</c>: name, unit, value.</summary>
internal sealed class GpuFields(SimulatedMachine machine)
{
    private const string Absent = "[N/A]";

    private static readonly Dictionary<string, string> Synonyms = new()
    {
        ["gpu_name"] = "name",
        ["gpu_serial"] = "serial",
        ["gpu_uuid"] = "uuid",
        ["gpu_bus_id"] = "pci.bus_id",
        ["power.draw.average"] = "power.draw",
        ["power.draw.instant"] = "power.draw",
        ["gpu.power.draw.average"] = "power.draw",
        ["gpu.power.draw.instant"] = "power.draw",
        ["gpu.power.requested_limit"] = "power.limit",
        ["gpu.power.current_limit"] = "enforced.power.limit",
        ["clocks.gr"] = "clocks.current.graphics",
        ["clocks.sm"] = "clocks.current.sm",
        ["clocks.mem"] = "clocks.current.memory",
        ["clocks.video"] = "clocks.current.video",
        ["clocks.max.gr"] = "clocks.max.graphics",
        ["clocks.max.mem"] = "clocks.max.memory",
        ["gpu_operation_mode.current"] = "gom.current",
    };

    private readonly SimulatedGpu _gpu = machine.Gpu;

    /// <summary>The unit of a property, empty for none, or null if there is no such property.</summary>
    public string? UnitOf(string field)
    {
        var name = Synonyms.GetValueOrDefault(field, field);
        return Value(name, null) is null ? null : name switch
        {
            _ when name.StartsWith("memory.", StringComparison.Ordinal) || name.StartsWith("protected_memory.", StringComparison.Ordinal) => "MiB",
            _ when name.StartsWith("utilization.", StringComparison.Ordinal) || name == "fan.speed" => "%",
            _ when name.StartsWith("power.", StringComparison.Ordinal) || name == "enforced.power.limit" => "W",
            _ when name.StartsWith("clocks.", StringComparison.Ordinal) => "MHz",
            _ => "",
        };
    }

    public string ValueOf(string field, GpuReading gpu) => Value(Synonyms.GetValueOrDefault(field, field), gpu)!;

    private string? Value(string name, GpuReading? gpu) => name switch
    {
        "timestamp" => DateTime.Now.ToString("yyyy/MM/dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
        "driver_version" => Driver.Of(machine).Version,
        "count" => Text(machine.GpuCount),
        "name" => _gpu.Name,
        "serial" => gpu?.Serial ?? "",
        "uuid" => gpu?.Uuid ?? "",
        "pci.bus_id" => gpu?.BusId ?? "",
        "pci.domain" => "0x0000",
        "pci.bus" => $"0x{gpu?.Bus}",
        "pci.device" => "0x00",
        "pci.device_id" => $"0x{_gpu.DeviceId}",
        "pcie.link.gen.current" => Text(gpu?.Holdings.Count > 0 ? _gpu.PcieGen : 1),
        "pcie.link.gen.max" or "pcie.link.gen.gpumax" or "pcie.link.gen.hostmax" => Text(_gpu.PcieGen),
        "pcie.link.width.current" => machine.HasFault("NarrowPcie") ? "4" : "16",
        "pcie.link.width.max" => "16",
        "index" => Text(gpu?.Index ?? 0),
        "display_mode" => "[Requested functionality has been deprecated]",
        "display_attached" => "No",
        "display_active" => "Disabled",
        "persistence_mode" => "Enabled",
        "addressing_mode" => "None",
        "accounting.mode" => "Disabled",
        "accounting.buffer_size" => "4000",
        "vbios_version" => "94.02.5C.00.03",
        "compute_mode" => "Default",
        "compute_cap" => _gpu.ComputeCapability,
        "pstate" => gpu?.PerformanceState ?? "",
        "memory.total" => Text(_gpu.MemoryMiB),
        "memory.reserved" => Text(_gpu.ReservedMiB),
        "memory.used" => Text(gpu?.UsedMiB ?? 0),
        "memory.free" => Text(gpu?.FreeMiB ?? 0),
        "utilization.gpu" => Text(gpu?.Utilization ?? 0),
        "utilization.memory" => Text(gpu?.MemoryUtilization ?? 0),
        "utilization.encoder" or "utilization.decoder" => "0",
        "ecc.mode.current" or "ecc.mode.pending" => _gpu.Ecc ? "Enabled" : Absent,
        "ecc.errors.corrected.volatile.total" or "ecc.errors.corrected.aggregate.total" => _gpu.Ecc ? "0" : Absent,
        "ecc.errors.uncorrected.volatile.total" or "ecc.errors.uncorrected.aggregate.total" => machine.HasFault("EccErrors") ? "3" : _gpu.Ecc ? "0" : Absent,
        "retired_pages.pending" or "remapped_rows.pending" or "remapped_rows.failure" => _gpu.Ecc ? "No" : Absent,
        "remapped_rows.correctable" or "remapped_rows.uncorrectable" => _gpu.Ecc ? "0" : Absent,
        "temperature.gpu" => Text(gpu?.Temperature ?? 0),
        "temperature.memory" => "N/A",
        "fan.speed" => _gpu.Ecc ? Absent : Text(30 + ((gpu?.Utilization ?? 0) / 2)),
        "power.management" => "Enabled",
        "power.draw" => Text(gpu?.PowerWatts ?? 0),
        "power.limit" or "enforced.power.limit" => Text(_gpu.PowerLimitWatts * (machine.HasFault("PowerCap") ? 0.6 : 1)),
        "power.default_limit" or "power.max_limit" => Text((double)_gpu.PowerLimitWatts),
        "power.min_limit" => Text(_gpu.PowerLimitWatts / 3.0),
        "clocks.current.graphics" or "clocks.current.sm" => gpu?.Holdings.Count > 0 ? "1740" : "210",
        "clocks.current.memory" => gpu?.Holdings.Count > 0 ? "7250" : "405",
        "clocks.current.video" => "555",
        "clocks.max.graphics" or "clocks.max.sm" => "1740",
        "clocks.max.memory" => "7251",
        "clocks_event_reasons.active" or "clocks_throttle_reasons.active" => machine.HasFault("Throttled") ? "0x0000000000000048" : gpu?.Utilization > 0 ? "0x0000000000000004" : "0x0000000000000001",
        "mig.mode.current" or "mig.mode.pending" => machine.HasFault("MigEnabled") ? "Enabled" : _gpu.Name.Contains("100", StringComparison.Ordinal) || _gpu.Name.Contains("200", StringComparison.Ordinal) ? "Disabled" : Absent,
        "gom.current" => Absent,
        "gsp.mode.current" or "gsp.mode.default" => "Enabled",
        "c2c.mode" => "Disabled",
        "hostname" => machine.State.Name,
        _ => null,
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);
}
