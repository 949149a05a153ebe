using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmOps.Simulator.Hub;

/// <summary>The models that the rehearsal hub has.</summary>
internal static class HubCatalog
{
    private static readonly Lazy<IReadOnlyList<HubModel>> Models = new(Load);

    public static IReadOnlyList<HubModel> All => Models.Value;

    public static HubModel? Find(string id) => All.FirstOrDefault(model => model.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    private static List<HubModel> Load()
    {
        using var resource = typeof(HubCatalog).Assembly.GetManifestResourceStream("hub-models.json")!;
        var entries = JsonSerializer.Deserialize(resource, HubCatalogJson.Default.ListHubCatalogEntry)!;
        return [.. entries.Select(entry => new HubModel
        {
            Id = entry.Id, TotalSize = entry.TotalSize, Shards = entry.Shards, Parameters = entry.Parameters, Config = entry.Config.GetRawText(), License = entry.License,
            Pipeline = entry.Pipeline ?? "text-generation", Gated = entry.Gated, Downloads = entry.Downloads,
        })];
    }
}

/// <summary>One row of the embedded table.</summary>
internal sealed record HubCatalogEntry(
    string Id, long TotalSize, int Shards, Dictionary<string, long> Parameters, JsonElement Config, string License, string? Pipeline, bool Gated, long Downloads);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<HubCatalogEntry>))]
internal sealed partial class HubCatalogJson : JsonSerializerContext;
