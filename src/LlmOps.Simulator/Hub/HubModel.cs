using System.Text.Json.Nodes;

namespace LlmOps.Simulator.Hub;

/// <summary>A model of the rehearsal hub: the real configuration and sizes, and small made-up weights.</summary>
internal sealed record HubModel
{
    public required string Id { get; init; }

    /// <summary>The bytes of all weights of the real model, as its index or header says.</summary>
    public required long TotalSize { get; init; }

    public required int Shards { get; init; }

    /// <summary>Parameters by data type, as the Hub's API counts them.</summary>
    public required IReadOnlyDictionary<string, long> Parameters { get; init; }

    /// <summary>The text of config.json.</summary>
    public required string Config { get; init; }

    public required string License { get; init; }

    public string Pipeline { get; init; } = "text-generation";

    public bool Gated { get; init; }

    public long Downloads { get; init; }

    public JsonObject ConfigObject => JsonNode.Parse(Config)!.AsObject();
}
