using System.Text.Json.Nodes;

namespace LlmOps.Testing.Clouds;

/// <summary>A request that a fake cloud has received.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path without the query.</param>
/// <param name="Query">What the query says.</param>
/// <param name="Headers">The headers, by name in any case.</param>
/// <param name="Body">The body.</param>
internal sealed record CloudRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public JsonObject Json => Body.Length == 0 ? [] : JsonNode.Parse(Body) as JsonObject ?? [];

    public string[] Segments => Path.Trim('/').Split('/');

    public override string ToString() => $"{Method} {Path}";
}
