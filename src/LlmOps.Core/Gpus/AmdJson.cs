using System.Globalization;
using System.Text.Json;

namespace LlmOps.Gpus;

/// <summary>Reads the JSON of AMD's tools, which differs from release to release: a number may be bare, a string, or <c>{"value": 1, "unit": "MB"}</c>; a missing one is <c>N/A</c>.</summary>
internal static class AmdJson
{
    /// <summary>The first JSON document of a text that may begin with warnings; undefined if there is none.</summary>
    public static JsonElement Parse(string text)
    {
        for (var start = text.AsSpan().IndexOfAny('[', '{'); start >= 0;)
        {
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(text[start..]), isFinalBlock: true, default);
            try
            {
                using var document = JsonDocument.ParseValue(ref reader);
                return document.RootElement.Clone();
            }
            catch (JsonException)
            {
                var next = text.IndexOf('\n', start);
                if (next < 0) break;
                var offset = text.AsSpan(next).IndexOfAny('[', '{');
                start = offset < 0 ? -1 : next + offset;
            }
        }

        return default;
    }

    /// <summary>The list of GPUs: the document itself, or its <c>gpu_data</c> (ROCm 7).</summary>
    public static IEnumerable<JsonElement> Gpus(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("gpu_data", out var data) ? Gpus(data)
        : root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
        : [];

    /// <summary>The element at a path of names, or undefined.</summary>
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return default;
        return element;
    }

    public static string? Text(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => SmiValue.Text(element.GetString()),
        JsonValueKind.Number => element.GetRawText(),
        _ => null,
    };

    public static double? Number(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.At("value").Number() : SmiValue.Number(element.Text());

    public static int? Integer(this JsonElement element) => element.Number() is { } number and > int.MinValue and < int.MaxValue ? (int)Math.Round(number) : null;

    /// <summary>A size in bytes; AMD's <c>MB</c> are 2^20 bytes, and a bare number is what <paramref name="unit"/> says.</summary>
    public static long? Bytes(this JsonElement element, string unit)
    {
        if (element.Number() is not { } number || number < 0) return null;
        var said = element.At("unit").Text() ?? (element.ValueKind == JsonValueKind.String ? element.GetString()!.TrimStart([.. "0123456789. "]) : "");
        var factor = (said.Length > 0 ? said : unit).ToUpper(CultureInfo.InvariantCulture) switch
        {
            "B" => 1d,
            "KB" or "KIB" => 1L << 10,
            "MB" or "MIB" => 1L << 20,
            "GB" or "GIB" => 1L << 30,
            _ => double.NaN,
        };
        return number * factor is var bytes && bytes < 1e18 ? (long)bytes : null;
    }
}
