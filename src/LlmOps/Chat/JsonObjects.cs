using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmOps.Chat;

/// <summary>Between JSON and what PowerShell makes of it: objects with properties, arrays, and plain values.</summary>
internal static class JsonObjects
{
    private const int Deepest = 64;

    /// <summary>The PowerShell objects of a JSON value.</summary>
    public static object? FromJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => FromObject(json),
        JsonValueKind.Array => json.EnumerateArray().Select(FromJson).ToArray(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The JSON of hashtables, objects, arrays and plain values.</summary>
    /// <exception cref="LlmOpsException"><c>ChatSchemaInvalid</c> where they go round in a circle.</exception>
    public static JsonNode? ToJson(object? value, int depth = 0)
    {
        if (depth > Deepest) throw ChatErrors.SchemaInvalid($"it is nested deeper than {Deepest} levels.");
        var plain = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        return plain switch
        {
            null => null,
            string text => JsonValue.Create(text),
            bool flag => JsonValue.Create(flag),
            SwitchParameter flag => JsonValue.Create(flag.IsPresent),
            IDictionary map => new JsonObject(map.Keys.Cast<object>().Select(key => KeyValuePair.Create(key.ToString()!, ToJson(map[key], depth + 1)))),
            IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(item => ToJson(item, depth + 1))]),
            PSObject item => new JsonObject(item.Properties.Select(property => KeyValuePair.Create(property.Name, ToJson(property.Value, depth + 1)))),
            byte or sbyte or short or ushort or int or uint or long => JsonValue.Create(Convert.ToInt64(plain, System.Globalization.CultureInfo.InvariantCulture)),
            float or double or decimal => JsonValue.Create(Convert.ToDouble(plain, System.Globalization.CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(plain.ToString()),
        };
    }

    private static PSObject FromObject(JsonElement json)
    {
        var made = new PSObject();
        foreach (var member in json.EnumerateObject())
        {
            // Names that PowerShell keeps to itself, or that differ in case only, can't be told apart: the last wins.
            made.Properties.Remove(member.Name);
            if (member.Name.Length > 0) made.Properties.Add(new PSNoteProperty(member.Name, FromJson(member.Value)));
        }

        return made;
    }
}
