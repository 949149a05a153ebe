using System.Text.Json;

namespace LlmOps.Gpus;

/// <summary>Puts together what <c>amd-smi metric|process|static|list --json</c> said, as the tool's manual (ROCm 6 and 7) shows their output.</summary>
internal static class AmdSample
{
    public static IReadOnlyList<GpuMemory> Gpus(string metric, string process, string fixedFacts, string list, DateTimeOffset now)
    {
        var processes = ByGpu(process);
        var facts = ByGpu(fixedFacts);
        var listed = ByGpu(list);
        return [.. ByGpu(metric).OrderBy(gpu => gpu.Key).Select(gpu => Gpu(
            gpu.Key, gpu.Value, processes.GetValueOrDefault(gpu.Key), facts.GetValueOrDefault(gpu.Key), listed.GetValueOrDefault(gpu.Key), now))];
    }

    private static GpuMemory Gpu(int index, JsonElement metric, JsonElement process, JsonElement facts, JsonElement listed, DateTimeOffset now)
    {
        var memory = metric.At("mem_usage");
        var total = memory.At("total_vram").Bytes("MB") ?? facts.At("vram", "size").Bytes("MB");
        var used = memory.At("used_vram").Bytes("MB");
        var temperature = metric.At("temperature");
        return new GpuMemory
        {
            Index = index,
            Name = facts.At("asic", "market_name").Text() ?? facts.At("board", "product_name").Text() ?? "AMD GPU",
            Uuid = listed.At("uuid").Text() ?? facts.At("asic", "asic_serial").Text(),
            Total = total,
            Used = used,
            Free = memory.At("free_vram").Bytes("MB") ?? total - used,
            Utilization = metric.At("usage", "gfx_activity").Integer(),
            Temperature = temperature.At("edge").Integer() ?? temperature.At("hotspot").Integer(),
            PowerDraw = metric.At("power", "socket_power").Number() ?? metric.At("power", "current_socket_power").Number() ?? metric.At("power", "average_socket_power").Number(),
            PowerLimit = facts.At("limit", "socket_power").Number() ?? facts.At("limit", "max_power").Number(),
            Processes = [.. Processes(process)],
            Timestamp = now,
        };
    }

    private static IEnumerable<GpuProcess> Processes(JsonElement gpu)
    {
        var list = gpu.At("process_list");
        foreach (var item in list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : Array.Empty<JsonElement>())
        {
            var process = item.At("process_info").ValueKind == JsonValueKind.Object ? item.At("process_info") : item;
            if (process.At("pid").Integer() is not { } pid) continue;
            yield return new GpuProcess(pid, process.At("name").Text() ?? "", process.At("memory_usage", "vram_mem").Bytes("B") ?? process.At("mem_usage").Bytes("B"));
        }
    }

    private static Dictionary<int, JsonElement> ByGpu(string text) => AmdJson.Gpus(AmdJson.Parse(text))
        .Where(gpu => gpu.At("gpu").Integer() is not null)
        .DistinctBy(gpu => gpu.At("gpu").Integer())
        .ToDictionary(gpu => gpu.At("gpu").Integer()!.Value);
}
