using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmOps.Hub;

/// <summary>A commit's list of files as <c>huggingface_hub</c> keeps it in <c>trees/&lt;commit&gt;.json</c>, so that either tool can do without asking again.</summary>
internal static class TreeFile
{
    private const int Format = 1;

    private static readonly JsonWriterOptions Layout = new() { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The list; null if there is none that can be read.</summary>
    public static IReadOnlyList<HubFile>? Read(string path)
    {
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllBytes(path)) : null;
        }
        catch (Exception unusable) when (unusable is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes the list. One with hidden hashes is not kept: somebody else may see them.</summary>
    public static void Write(string path, IEnumerable<HubFile> files)
    {
        var sorted = files.OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        if (sorted.Any(file => file.IsMasked)) return;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Layout))
        {
            json.WriteStartObject();
            json.WriteNumber("format_version", Format);
            json.WriteStartObject("files");
            foreach (var file in sorted) Write(json, file);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        State.AtomicFile.Write(path, buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, HubFile file)
    {
        json.WriteStartObject(file.Path);
        json.WriteNumber("size", file.Size);
        json.WriteString("blob_id", file.BlobId);
        if (file.Sha256 is { } sha256)
        {
            json.WriteString("lfs_sha256", sha256);
            json.WriteNumber("lfs_size", file.Size);
        }

        if (file.XetHash is { } xet) json.WriteString("xet_hash", xet);
        json.WriteEndObject();
    }

    private static List<HubFile>? Parse(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var root = document.RootElement;
        if (root.GetProperty("format_version").GetInt32() != Format) return null;
        List<HubFile> files = [.. root.GetProperty("files").EnumerateObject().Select(Parse)];
        return files.Any(file => file.IsMasked || file.Size < 0) ? null : files;
    }

    private static HubFile Parse(JsonProperty entry) =>
        new(entry.Name, entry.Value.GetProperty("size").GetInt64(), entry.Value.GetProperty("blob_id").GetString() ?? "", Text(entry.Value, "lfs_sha256"), Text(entry.Value, "xet_hash"));

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
