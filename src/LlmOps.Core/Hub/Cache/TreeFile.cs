using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmOps.Hub;

/// <summary>A commit's list of files as <c>huggingface_hub</c> keeps it in <c>trees/&lt;commit&gt;.json</c>, so that either tool can do without asking again.</summary>
internal static class TreeFile
{
    private const int Format = 1;

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
        var json = new StringBuilder($"{{\n \"format_version\": {Format},\n \"files\": {{");
        foreach (var (index, file) in sorted.Index()) Append(json.Append(index == 0 ? "\n" : ",\n"), file);
        State.AtomicFile.Write(path, Encoding.ASCII.GetBytes(json.Append("\n }\n}").ToString()));
    }

    /// <summary>One file, to the letter as Python's <c>json.dump</c> with an indent of 1 writes it, so that the tools never rewrite each other's list.</summary>
    private static void Append(StringBuilder json, HubFile file)
    {
        AppendText(json.Append("  "), file.Path);
        json.Append(CultureInfo.InvariantCulture, $": {{\n   \"size\": {file.Size},\n   \"blob_id\": ");
        AppendText(json, file.BlobId);
        if (file.Sha256 is { } sha256)
        {
            AppendText(json.Append(",\n   \"lfs_sha256\": "), sha256);
            json.Append(CultureInfo.InvariantCulture, $",\n   \"lfs_size\": {file.Size}");
        }

        if (file.XetHash is { } xet) AppendText(json.Append(",\n   \"xet_hash\": "), xet);
        json.Append("\n  }");
    }

    private static void AppendText(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' or '\\' => json.Append('\\').Append(letter),
                '\b' => json.Append(@"\b"),
                '\f' => json.Append(@"\f"),
                '\n' => json.Append(@"\n"),
                '\r' => json.Append(@"\r"),
                '\t' => json.Append(@"\t"),
                >= ' ' and <= '~' => json.Append(letter),
                _ => json.Append(CultureInfo.InvariantCulture, $@"\u{(int)letter:x4}"),
            };
        }

        json.Append('"');
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
