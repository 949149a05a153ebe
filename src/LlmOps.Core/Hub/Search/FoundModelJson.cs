using System.Globalization;
using System.Text.Json;

namespace LlmOps.Hub;

/// <summary>Reads a page of <c>GET /api/models</c>: an array of models.</summary>
internal static class FoundModelJson
{
    private static readonly string[] Quantizations = ["gguf", "awq", "gptq", "fp8", "nvfp4", "mxfp4", "bitsandbytes", "compressed-tensors", "exl2", "exl3", "mlx", "hqq", "aqlm", "4-bit", "8-bit"];

    /// <summary>The models of a page; what has no id is left out.</summary>
    /// <exception cref="JsonException">It is no such page.</exception>
    public static IReadOnlyList<FoundModel> Parse(byte[] json)
    {
        using var page = JsonDocument.Parse(json);
        if (page.RootElement.ValueKind != JsonValueKind.Array) throw new JsonException("A list of models was expected.");
        return [.. page.RootElement.EnumerateArray().Where(entry => Text(entry, "id") is not null).Select(Model)];
    }

    private static FoundModel Model(JsonElement entry)
    {
        var id = Text(entry, "id")!;
        string[] tags = Member(entry, "tags") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!)] : [];
        var types = Member(entry, "safetensors") is { } safetensors ? Member(safetensors, "parameters") : null;
        return new FoundModel
        {
            Id = id,
            Author = Text(entry, "author") ?? (id.Contains('/') ? id[..id.IndexOf('/')] : null),
            Downloads = Number(entry, "downloads") ?? 0,
            Likes = Number(entry, "likes") ?? 0,
            TrendingScore = Member(entry, "trendingScore") is { ValueKind: JsonValueKind.Number } score ? score.GetDouble() : null,
            Task = Text(entry, "pipeline_tag"),
            Library = Text(entry, "library_name"),
            Tags = tags,
            QuantizedAs = Quantizations.Where(known => tags.Contains(known, StringComparer.OrdinalIgnoreCase)).ToList() is { Count: > 0 } found ? string.Join(", ", found) : null,
            Parameters = Total(entry, "safetensors") ?? Total(entry, "gguf"),
            Size = types is { ValueKind: JsonValueKind.Object } counts && counts.EnumerateObject().Any() ? (long)counts.EnumerateObject().Sum(type => Count(type.Value) * BytesOf(type.Name)) : null,
            LastModified = Time(entry, "lastModified"),
            CreatedAt = Time(entry, "createdAt"),
            IsGated = Member(entry, "gated") is { ValueKind: JsonValueKind.True or JsonValueKind.String },
            IsPrivate = Member(entry, "private") is { ValueKind: JsonValueKind.True },
            Commit = Text(entry, "sha"),
        };
    }

    /// <summary>The bytes of one number, by the names of https://github.com/huggingface/safetensors.</summary>
    private static double BytesOf(string type) => type.ToUpperInvariant() switch
    {
        "F64" or "I64" or "U64" or "C64" => 8,
        "F32" or "I32" or "U32" => 4,
        "BF16" or "F16" or "I16" or "U16" => 2,
        "F4" or "I4" or "U4" or "F4_E2M1" => 0.5,
        _ => 1,
    };

    private static long? Total(JsonElement entry, string name) => Member(entry, name) is { } part ? Number(part, "total") : null;

    private static double Count(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0 ? count : 0;

    private static DateTimeOffset? Time(JsonElement entry, string name) =>
        DateTimeOffset.TryParse(Text(entry, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string? Text(JsonElement entry, string name) => Member(entry, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static long? Number(JsonElement entry, string name) =>
        Member(entry, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number >= 0 ? number : null;

    private static JsonElement? Member(JsonElement entry, string name) => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) ? value : null;
}
