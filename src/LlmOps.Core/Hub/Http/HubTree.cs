using System.Text.Json;

namespace LlmOps.Hub;

/// <summary>Reads a page of <c>GET /api/models/…/tree/…?recursive=true</c>: an array of files and directories.</summary>
internal static class HubTree
{
    /// <summary>The files of a page; directories are left out.</summary>
    /// <exception cref="JsonException">It is no such page.</exception>
    public static IReadOnlyList<HubFile> Parse(byte[] json)
    {
        using var page = JsonDocument.Parse(json);
        if (page.RootElement.ValueKind != JsonValueKind.Array) throw new JsonException("A list of files was expected.");
        return [.. page.RootElement.EnumerateArray().Where(entry => Text(entry, "type") == "file").Select(File)];
    }

    private static HubFile File(JsonElement entry)
    {
        var path = Text(entry, "path") ?? throw new JsonException("A file without a path.");
        var lfs = entry.TryGetProperty("lfs", out var value) && value.ValueKind == JsonValueKind.Object ? value : (JsonElement?)null;
        var size = Number(lfs ?? entry, "size") ?? Number(entry, "size") ?? throw new JsonException($"The file '{path}' has no size.");
        return new HubFile(path, size, Hash(entry, "oid") ?? "", lfs is { } large ? Hash(large, "oid") ?? "" : null, Hash(entry, "xetHash"));
    }

    private static string? Hash(JsonElement element, string name) => Text(element, name)?.ToLowerInvariant();

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number : null;
}
