using System.Text.Json;

namespace LlmOps.Planning;

/// <summary>Reads the loosely typed JSON of config.json: what is missing, null or of another type is null.</summary>
internal static class ConfigJson
{
    public static JsonElement? Child(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement element, string name) => element.Child(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool Flag(this JsonElement element, string name) => element.Child(name) is { ValueKind: JsonValueKind.True };

    public static double? Real(this JsonElement element, string name) => element.Child(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>A count: a whole number from 0 to 2 147 483 647; an array counts by its largest.</summary>
    public static int? Number(this JsonElement element, string name) => element.Child(name) switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) && number is >= 0 and <= int.MaxValue => (int)number,
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _)).Select(item => (int?)item.GetInt32()).Where(item => item >= 0).Max(),
        _ => null,
    };

    public static IReadOnlyList<string>? Texts(this JsonElement element, string name) =>
        element.Child(name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "")] : null;
}
