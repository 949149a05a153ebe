using System.Globalization;
using System.Xml.Linq;
using LlmOps.Simulator.Gpus;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.NvidiaSmi;

/// <summary>What <c>nvidia-smi -q -x</c> prints, without the sections that only a service engineer reads.</summary>
internal static class XmlReport
{
    public static void Write(TextWriter output, SimulatedMachine machine, IReadOnlyList<GpuReading> gpus)
    {
        var fields = new GpuFields(machine);
        var root = new XElement("nvidia_smi_log",
            new XElement("timestamp", DateTime.Now.ToString("ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture)),
            new XElement("driver_version", Driver.Of(machine).Version),
            new XElement("cuda_version", Driver.Of(machine).CudaVersion),
            new XElement("attached_gpus", gpus.Count),
            gpus.Select(gpu => Gpu(machine, fields, gpu)));
        output.WriteLine("<?xml version=\"1.0\" ?>");
        output.WriteLine("<!DOCTYPE nvidia_smi_log SYSTEM \"nvsmi_device_v13.dtd\">");
        output.WriteLine(root.ToString().Replace("  ", "\t", StringComparison.Ordinal));
    }

    private static XElement Gpu(SimulatedMachine machine, GpuFields fields, GpuReading gpu)
    {
        string Plain(string field) => fields.ValueOf(field, gpu).Trim('[', ']');
        return new XElement("gpu", new XAttribute("id", gpu.BusId),
            new XElement("product_name", machine.Gpu.Name),
            new XElement("product_brand", "NVIDIA"),
            new XElement("product_architecture", machine.Gpu.Architecture),
            new XElement("persistence_mode", "Enabled"),
            new XElement("addressing_mode", "None"),
            new XElement("mig_mode", new XElement("current_mig", Plain("mig.mode.current")), new XElement("pending_mig", Plain("mig.mode.pending"))),
            new XElement("mig_devices", "None"),
            new XElement("serial", gpu.Serial),
            new XElement("uuid", gpu.Uuid),
            new XElement("minor_number", gpu.Index),
            new XElement("vbios_version", Plain("vbios_version")),
            new XElement("pci",
                new XElement("pci_bus", gpu.Bus), new XElement("pci_device", "00"), new XElement("pci_domain", "0000"),
                new XElement("pci_device_id", machine.Gpu.DeviceId), new XElement("pci_bus_id", gpu.BusId),
                new XElement("pci_gpu_link_info",
                    new XElement("pcie_gen", new XElement("max_link_gen", machine.Gpu.PcieGen), new XElement("current_link_gen", Plain("pcie.link.gen.current"))),
                    new XElement("link_widths", new XElement("max_link_width", "16x"), new XElement("current_link_width", $"{Plain("pcie.link.width.current")}x")))),
            new XElement("fan_speed", Plain("fan.speed")),
            new XElement("performance_state", gpu.PerformanceState),
            new XElement("clocks_event_reasons",
                new XElement("clocks_event_reason_gpu_idle", Active(gpu.Utilization == 0)), new XElement("clocks_event_reason_sw_power_cap", Active(gpu.Utilization > 0)),
                new XElement("clocks_event_reason_hw_slowdown", Active(machine.HasFault("Throttled"))), new XElement("clocks_event_reason_hw_thermal_slowdown", Active(machine.HasFault("Throttled"))),
                new XElement("clocks_event_reason_sw_thermal_slowdown", Active(false))),
            new XElement("fb_memory_usage",
                new XElement("total", $"{machine.Gpu.MemoryMiB} MiB"), new XElement("reserved", $"{machine.Gpu.ReservedMiB} MiB"),
                new XElement("used", $"{gpu.UsedMiB} MiB"), new XElement("free", $"{gpu.FreeMiB} MiB")),
            new XElement("compute_mode", "Default"),
            new XElement("utilization", new XElement("gpu_util", $"{gpu.Utilization} %"), new XElement("memory_util", $"{gpu.MemoryUtilization} %")),
            new XElement("ecc_mode", new XElement("current_ecc", Plain("ecc.mode.current")), new XElement("pending_ecc", Plain("ecc.mode.pending"))),
            new XElement("ecc_errors", Counters("volatile", Plain("ecc.errors.uncorrected.volatile.total")), Counters("aggregate", Plain("ecc.errors.uncorrected.aggregate.total"))),
            new XElement("remapped_rows",
                new XElement("remapped_row_corr", Plain("remapped_rows.correctable")), new XElement("remapped_row_unc", Plain("remapped_rows.uncorrectable")),
                new XElement("remapped_row_pending", Plain("remapped_rows.pending")), new XElement("remapped_row_failure", Plain("remapped_rows.failure"))),
            new XElement("temperature", new XElement("gpu_temp", $"{gpu.Temperature} C")),
            new XElement("gpu_power_readings",
                new XElement("power_state", gpu.PerformanceState),
                new XElement("average_power_draw", $"{Plain("power.draw")} W"), new XElement("instant_power_draw", $"{Plain("power.draw")} W"),
                new XElement("current_power_limit", $"{Plain("power.limit")} W"),
                new XElement("default_power_limit", $"{Plain("power.default_limit")} W"), new XElement("max_power_limit", $"{Plain("power.max_limit")} W")),
            new XElement("clocks", new XElement("graphics_clock", $"{Plain("clocks.sm")} MHz"), new XElement("sm_clock", $"{Plain("clocks.sm")} MHz"), new XElement("mem_clock", $"{Plain("clocks.mem")} MHz")),
            new XElement("fabric", new XElement("state", machine.Gpu.Link == "NV18" ? "Completed" : "N/A"), new XElement("status", machine.Gpu.Link == "NV18" ? "Success" : "N/A")),
            new XElement("processes", gpu.Holdings.Where(held => held.Bytes > 0).Select(held => new XElement("process_info",
                new XElement("gpu_instance_id", "N/A"), new XElement("compute_instance_id", "N/A"), new XElement("pid", held.Pid), new XElement("type", "C"),
                new XElement("process_name", held.Name), new XElement("used_memory", $"{held.Bytes >> 20} MiB")))));
    }

    private static string Active(bool active) => active ? "Active" : "Not Active";

    private static XElement Counters(string name, string uncorrected) =>
        new(name, new XElement("sram_correctable", "0"), new XElement("sram_uncorrectable", "0"), new XElement("dram_correctable", "0"), new XElement("dram_uncorrectable", uncorrected));
}
