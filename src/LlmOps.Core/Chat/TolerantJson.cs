using System.Text.Json;

namespace LlmOps.Chat;

/// <summary>Looks into JSON that another program wrote: what is missing or of another type is absent, never an exception.</summary>
internal static class TolerantJson
{
    /// <summary>A member of an object; undefined where there is none.</summary>
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    /// <summary>A text, or null.</summary>
    public static string? Text(this JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    /// <summary>A whole number, or null.</summary>
    public static int? Number(this JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) ? number : null;
}
