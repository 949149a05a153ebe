using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmOps.Hub.Tests;

/// <summary>The search of the fake Hub: filters, sorts, and answers in pages with a Link header, with the fields alone that were asked for.</summary>
internal static class FakeSearch
{
    public static (byte[] Json, string[] Headers) Answer(FakeRepo repo, FakeRequest request, string endpoint)
    {
        var query = request.Path.Split('?')[1].Split('&').Select(pair => pair.Split('=')).Select(pair => (Name: pair[0], Value: Uri.UnescapeDataString(pair[1]))).ToList();
        var sort = One("sort") ?? "downloads";
        var found = repo.Catalog.Where(model => (One("search") is not { } text || Text(model, "id").Contains(text, StringComparison.OrdinalIgnoreCase))
                && (One("author") is not { } author || Text(model, "id").StartsWith(author + "/", StringComparison.OrdinalIgnoreCase))
                && (One("pipeline_tag") is not { } task || Text(model, "pipeline_tag") == task)
                && query.Where(pair => pair.Name == "filter").All(pair => model["tags"]!.AsArray().Any(tag => (string)tag! == pair.Value) || Text(model, "library_name") == pair.Value))
            .OrderByDescending(model => sort == "lastModified" ? DateTime.Parse(Text(model, sort), CultureInfo.InvariantCulture).Ticks : (long)model[sort]!).ToList();
        var limit = int.Parse(One("limit")!, CultureInfo.InvariantCulture);
        var cursor = int.Parse(One("cursor") ?? "0", CultureInfo.InvariantCulture);
        var fields = query.Where(pair => pair.Name == "expand").Select(pair => pair.Value).Append("id").ToHashSet();
        var page = new JsonArray([.. found.Skip(cursor).Take(limit).Select(model => new JsonObject(model.Where(field => fields.Contains(field.Key)).Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))))]);
        string[] headers = cursor + limit < found.Count ? [$"Link: <{endpoint}{request.Path.Split("&cursor=")[0]}&cursor={cursor + limit}>; rel=\"next\""] : [];
        return (Encoding.UTF8.GetBytes(page.ToJsonString()), headers);

        string? One(string name) => query.Where(pair => pair.Name == name).Select(pair => pair.Value).FirstOrDefault();
    }

    /// <summary>A model as the Hub's API describes it.</summary>
    public static JsonObject Model(string id, long downloads, long? parameters, string type = "BF16", params string[] tags) => new()
    {
        ["id"] = id,
        ["author"] = id.Split('/')[0],
        ["downloads"] = downloads,
        ["likes"] = downloads / 10,
        ["trendingScore"] = 1000 - downloads,
        ["pipeline_tag"] = "text-generation",
        ["library_name"] = "transformers",
        ["gated"] = downloads % 2 == 0 ? false : "manual",
        ["private"] = false,
        ["lastModified"] = "2026-01-02T03:04:05.000Z",
        ["createdAt"] = "2025-01-02T03:04:05.000Z",
        ["sha"] = FakeRepo.Commit,
        ["tags"] = new JsonArray([.. tags.Append("transformers").Select(tag => (JsonNode)tag)]),
        ["safetensors"] = parameters is null ? null : new JsonObject { ["parameters"] = new JsonObject { [type] = parameters }, ["total"] = parameters },
    };

    private static string Text(JsonObject model, string name) => (string?)model[name] ?? "";
}
