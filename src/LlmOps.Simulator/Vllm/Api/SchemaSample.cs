using System.Text.Json.Nodes;

namespace LlmOps.Simulator.Vllm;

/// <summary>Makes a small value that a JSON schema allows, as constrained decoding would.</summary>
internal static class SchemaSample
{
    private const int DepthLimit = 12;

    public static JsonNode? Of(JsonNode? schema) => Of(schema, schema, 0);

    private static JsonNode? Of(JsonNode? schema, JsonNode? root, int depth)
    {
        if (schema is not JsonObject rules || depth > DepthLimit) return null;
        if (rules["const"] is { } constant) return constant.DeepClone();
        if (rules["enum"] is JsonArray { Count: > 0 } choices) return choices[0]?.DeepClone();
        if ((string?)rules["$ref"] is { } reference) return Of(Resolve(root, reference), root, depth + 1);
        if ((rules["anyOf"] ?? rules["oneOf"]) is JsonArray { Count: > 0 } kinds) return Of(kinds[0], root, depth + 1);
        var type = rules["type"] switch { JsonArray several => (string?)several[0], JsonValue one => one.ToString(), _ => rules.ContainsKey("properties") ? "object" : "string" };
        return type switch
        {
            "object" => new JsonObject((rules["properties"]?.AsObject() ?? []).Select(property => KeyValuePair.Create(property.Key, Of(property.Value, root, depth + 1)))),
            "array" => new JsonArray([.. Enumerable.Range(0, Math.Clamp(rules["minItems"]?.GetValue<int>() ?? 1, 1, 16)).Select(_ => Of(rules["items"], root, depth + 1))]),
            "integer" or "number" => Math.Max(3, (int)(rules["minimum"]?.GetValue<double>() ?? 3)),
            "boolean" => true,
            "null" => null,
            _ => "simulated",
        };
    }

    private static JsonNode? Resolve(JsonNode? root, string reference) =>
        reference.Split('/').Skip(1).Aggregate(root, (node, part) => node is JsonObject folder ? folder[part] : null);
}
