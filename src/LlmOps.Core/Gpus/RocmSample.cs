using System.Text.Json;

namespace LlmOps.Gpus;

/// <summary>
/// Puts together what <c>rocm-smi … --json</c> said, as its manual (ROCm 5 and 6) shows the output: an object <c>card0</c>, <c>card1</c>, …
/// with a sentence as each key, and <c>system</c> with the processes. It does not say which GPU a process is on, so processes are only given where there is one.
/// </summary>
internal static class RocmSample
{
    private const string Card = "card";

    public static IReadOnlyList<GpuMemory> Gpus(string text, DateTimeOffset now)
    {
        var root = AmdJson.Parse(text);
        if (root.ValueKind != JsonValueKind.Object) return [];
        var cards = root.EnumerateObject()
            .Where(entry => entry.Name.StartsWith(Card, StringComparison.Ordinal) && int.TryParse(entry.Name.AsSpan(Card.Length), out _))
            .OrderBy(entry => int.Parse(entry.Name.AsSpan(Card.Length), System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        var processes = cards.Count == 1 ? Processes(root.At("system")) : [];
        return [.. cards.Select(card => Gpu(int.Parse(card.Name.AsSpan(Card.Length), System.Globalization.CultureInfo.InvariantCulture), card.Value, processes, now))];
    }

    private static GpuMemory Gpu(int index, JsonElement card, IReadOnlyList<GpuProcess> processes, DateTimeOffset now)
    {
        var total = Find(card, "VRAM Total Memory (B)").Bytes("B");
        var used = Find(card, "VRAM Total Used Memory (B)").Bytes("B");
        return new GpuMemory
        {
            Index = index,
            Name = Find(card, "Card Series").Text() ?? Find(card, "Card Model").Text() ?? "AMD GPU",
            Uuid = Find(card, "Unique ID").Text(),
            Total = total,
            Used = used,
            Free = total - used,
            Utilization = Find(card, "GPU use (%)").Integer(),
            Temperature = (Find(card, "Temperature (Sensor edge) (C)").Number() ?? Find(card, "Temperature (Sensor junction) (C)").Number()) is { } degrees ? (int)Math.Round(degrees) : null,
            PowerDraw = Find(card, "Current Socket Graphics Package Power (W)").Number() ?? Find(card, "Average Graphics Package Power (W)").Number(),
            PowerLimit = Find(card, "Max Graphics Package Power (W)").Number(),
            Processes = processes,
            Timestamp = now,
        };
    }

    /// <summary>The entries are <c>"PID550": "python3, 1, 39705378816, 0, 0"</c>: name, number of GPUs, bytes of VRAM, and more.</summary>
    private static List<GpuProcess> Processes(JsonElement system)
    {
        var found = new List<GpuProcess>();
        if (system.ValueKind != JsonValueKind.Object) return found;
        foreach (var entry in system.EnumerateObject())
        {
            if (!entry.Name.StartsWith("PID", StringComparison.Ordinal) || !int.TryParse(entry.Name.AsSpan(3), out var pid)) continue;
            var parts = (entry.Value.Text() ?? "").Split(',', StringSplitOptions.TrimEntries);
            if (parts.Length < 5) continue;
            found.Add(new GpuProcess(pid, string.Join(", ", parts[..^4]), SmiValue.Number(parts[^3]) is { } bytes and >= 0 ? (long)bytes : null));
        }

        return found;
    }

    /// <summary>The keys changed their capitals between releases.</summary>
    private static JsonElement Find(JsonElement card, string key) => card.ValueKind == JsonValueKind.Object
        ? card.EnumerateObject().FirstOrDefault(entry => entry.Name.Equals(key, StringComparison.OrdinalIgnoreCase)).Value
        : default;
}
