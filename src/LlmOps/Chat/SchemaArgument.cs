using System.Management.Automation;
using System.Text.Json;

namespace LlmOps.Chat;

/// <summary>Reads what -Schema takes: JSON text, the path of a file that holds it, a hashtable or an object.</summary>
internal static class SchemaArgument
{
    /// <summary>The schema.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="resolve">Makes a full path of one that was typed.</param>
    /// <exception cref="LlmOpsException"><c>ChatSchemaInvalid</c>.</exception>
    public static JsonElement Read(object value, Func<string, string> resolve)
    {
        var plain = value is PSObject { BaseObject: string text } ? text : value;
        var json = plain is string typed ? Text(typed, resolve) : JsonObjects.ToJson(plain)?.ToJsonString() ?? "null";
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw ChatErrors.SchemaInvalid("it is not an object.");
        }
        catch (JsonException malformed)
        {
            throw ChatErrors.SchemaInvalid(malformed.Message);
        }
    }

    private static string Text(string typed, Func<string, string> resolve)
    {
        if (typed.TrimStart().StartsWith('{')) return typed;
        var path = resolve(typed);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw ChatErrors.SchemaInvalid($"'{typed}' is neither JSON nor a file that can be read.");
        }
    }
}
