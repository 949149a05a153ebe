using System.Text.Json.Nodes;

namespace LlmOps.Testing.Clouds;

/// <summary>What a fake cloud answers.</summary>
/// <param name="Status">The HTTP status; 0 closes the connection instead.</param>
/// <param name="Body">The body.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Headers">More headers, each a line.</param>
internal sealed record CloudAnswer(int Status, string Body, string MediaType = "application/json", params string[] Headers)
{
    public static CloudAnswer Dropped { get; } = new(0, "");

    public static CloudAnswer Json(JsonNode body, int status = 200) => new(status, body.ToJsonString());

    public static CloudAnswer Empty(int status) => new(status, "");
}
