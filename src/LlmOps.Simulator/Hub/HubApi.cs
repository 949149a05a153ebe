using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LlmOps.Simulator.Http;

namespace LlmOps.Simulator.Hub;

/// <summary>What the Hub's <c>/api</c> says of models.</summary>
internal sealed class HubApi(HubAccess access)
{
    private const int PageLimit = 1000;

    public JsonObject Info(HubRepository repository, bool withBlobs)
    {
        var model = repository.Model;
        return new JsonObject
        {
            ["_id"] = repository.Commit[..24],
            ["id"] = model.Id,
            ["modelId"] = model.Id,
            ["author"] = model.Id.Split('/')[0],
            ["sha"] = repository.Commit,
            ["lastModified"] = "2026-01-02T03:04:05.000Z",
            ["private"] = false,
            ["disabled"] = false,
            ["gated"] = access.IsGated(model) ? "manual" : (JsonNode)false,
            ["pipeline_tag"] = model.Pipeline,
            ["library_name"] = "transformers",
            ["downloads"] = model.Downloads,
            ["likes"] = model.Downloads / 1000,
            ["tags"] = new JsonArray("transformers", "safetensors", (string)model.ConfigObject["model_type"]!, model.Pipeline, $"license:{model.License}"),
            ["config"] = new JsonObject
            {
                ["architectures"] = model.ConfigObject["architectures"]!.DeepClone(),
                ["model_type"] = model.ConfigObject["model_type"]!.DeepClone(),
                ["quantization_config"] = model.ConfigObject["quantization_config"]?.DeepClone(),
            },
            ["safetensors"] = new JsonObject
            {
                ["parameters"] = new JsonObject(model.Parameters.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value))),
                ["total"] = model.Parameters.Values.Sum(),
            },
            ["siblings"] = new JsonArray([.. repository.Files.Select(file => Sibling(file, withBlobs))]),
            ["usedStorage"] = model.TotalSize,
        };
    }

    /// <summary>A page of the listing, and the query of the next one.</summary>
    public (JsonArray Page, string? Next) Tree(HubRepository repository, string folder, HttpRequest request)
    {
        var limit = int.TryParse(request.Query.GetValueOrDefault("limit"), CultureInfo.InvariantCulture, out var wanted) ? Math.Clamp(wanted, 1, PageLimit) : PageLimit;
        var from = int.TryParse(request.Query.GetValueOrDefault("cursor"), CultureInfo.InvariantCulture, out var cursor) ? Math.Max(0, cursor) : 0;
        var masked = access.IsGated(repository.Model) && access.Refusal(request, repository.Model) is not null;
        var files = repository.Files.Where(file => folder.Length == 0 || file.Path.StartsWith(folder + "/", StringComparison.Ordinal)).ToList();
        var page = new JsonArray([.. files.Skip(from).Take(limit).Select(file => Entry(file, masked))]);
        return (page, from + limit < files.Count ? string.Create(CultureInfo.InvariantCulture, $"recursive=true&limit={limit}&cursor={from + limit}") : null);
    }

    public JsonArray Search(IEnumerable<HubRepository> repositories, HttpRequest request)
    {
        var words = request.Query.GetValueOrDefault("search", "");
        return new JsonArray([.. repositories.Where(repository => repository.Model.Id.Contains(words, StringComparison.OrdinalIgnoreCase)).Select(repository => Info(repository, false))]);
    }

    /// <summary>The entries of the paths that a form or a JSON body names.</summary>
    public static JsonArray PathsInfo(HubRepository repository, HttpRequest request)
    {
        var body = Encoding.UTF8.GetString(request.Body);
        var paths = body.StartsWith('{')
            ? JsonNode.Parse(body)!["paths"]!.AsArray().Select(path => (string)path!)
            : body.Split('&').Where(pair => pair.StartsWith("paths=", StringComparison.Ordinal)).Select(pair => Uri.UnescapeDataString(pair["paths=".Length..].Replace('+', ' ')));
        return new JsonArray([.. paths.Select(path => repository.Files.FirstOrDefault(file => file.Path == path)).OfType<HubFile>().Select(file => Entry(file, false))]);
    }

    private static JsonObject Sibling(HubFile file, bool withBlobs)
    {
        var sibling = new JsonObject { ["rfilename"] = file.Path };
        if (!withBlobs) return sibling;
        sibling["size"] = file.Content.Length;
        sibling["blobId"] = file.Oid;
        if (file.IsLfs) sibling["lfs"] = new JsonObject { ["sha256"] = file.Sha256, ["size"] = file.Content.Length, ["pointerSize"] = file.Pointer.Length };
        return sibling;
    }

    private static JsonObject Entry(HubFile file, bool masked)
    {
        var entry = new JsonObject { ["type"] = "file", ["oid"] = file.Oid, ["size"] = file.Content.Length, ["path"] = file.Path };
        if (file.IsLfs) entry["lfs"] = new JsonObject { ["oid"] = masked ? new string('*', 64) : file.Sha256, ["size"] = file.Content.Length, ["pointerSize"] = file.Pointer.Length };
        return entry;
    }
}
