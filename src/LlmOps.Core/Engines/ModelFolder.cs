using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlmOps.Engines;

/// <summary>What a wish names as its model: an id of the Hub, or a folder on the rig whose configuration can be looked at.</summary>
internal sealed partial class ModelFolder
{
    private static readonly string[] Nested = ["text_config", "llm_config", "language_config", "thinker_config"];

    private ModelFolder(string value, bool isFolder)
    {
        Value = value;
        IsFolder = isFolder;
    }

    /// <summary>The id, or the full path.</summary>
    public string Value { get; }

    /// <summary>True for a folder.</summary>
    public bool IsFolder { get; }

    /// <summary>A name for people: the id, or the folder's last part.</summary>
    public string Title => IsFolder ? Path.GetFileName(Value) : Value;

    /// <summary>Checks what was given.</summary>
    /// <exception cref="LlmOpsException"><c>ModelNotFound</c> or <c>ModelNameInvalid</c>.</exception>
    public static ModelFolder Parse(string model)
    {
        if (model.StartsWith('/') || model.StartsWith("~/", StringComparison.Ordinal))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(model[0] == '~' ? Path.Join(home, model[2..]) : model));
            return Directory.Exists(path) || File.Exists(path) ? new ModelFolder(path, true) : throw ServerErrors.ModelNotFound(path);
        }

        return HubId().IsMatch(model) ? new ModelFolder(model, false) : throw ServerErrors.ModelInvalid(model);
    }

    /// <summary>The number of attention heads, or null where it can't be known here. Multimodal models keep it with their language part.</summary>
    public int? AttentionHeads()
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Join(Value, "config.json")));
            return Heads(config.RootElement, 0);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static int? Heads(JsonElement config, int depth)
    {
        if (config.ValueKind != JsonValueKind.Object || depth > 2) return null;
        if (config.TryGetProperty("num_attention_heads", out var heads) && heads.ValueKind == JsonValueKind.Number && heads.TryGetInt32(out var count) && count > 0) return count;
        return Nested.Select(name => config.TryGetProperty(name, out var part) ? Heads(part, depth + 1) : null).FirstOrDefault(found => found is not null);
    }

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?(?::[\w.-]{1,60})?\z")]
    private static partial Regex HubId();
}
