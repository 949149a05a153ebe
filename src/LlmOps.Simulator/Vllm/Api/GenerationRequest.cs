using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmOps.Simulator.Vllm;

/// <summary>What a chat or completion request asks for.</summary>
internal sealed record GenerationRequest
{
    public required bool IsChat { get; init; }

    public required string Model { get; init; }

    public required string Prompt { get; init; }

    public required bool HasImage { get; init; }

    public required int PromptTokens { get; init; }

    public required int MaxTokens { get; init; }

    public required bool IgnoreEnd { get; init; }

    public required bool Stream { get; init; }

    public required bool IncludeUsage { get; init; }

    public required IReadOnlyList<string> Stops { get; init; }

    /// <summary>The schema that the answer must follow, or null.</summary>
    public JsonNode? Schema { get; init; }

    public bool AnyJson { get; init; }

    /// <exception cref="ApiError">It cannot be served.</exception>
    public static GenerationRequest Read(byte[] body, bool isChat, ServeSettings settings, ModelConfig config)
    {
        try
        {
            var json = JsonNode.Parse(body)?.AsObject() ?? throw ApiError.BadRequest("[{'type': 'missing', 'loc': ('body',), 'msg': 'Field required', 'input': None}]");
            var model = (string?)json["model"] ?? settings.ServedNames[0];
            if (!settings.ServedNames.Contains(model)) throw ApiError.NoSuchModel(model);
            return Read(json, model, isChat, settings, config);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or FormatException)
        {
            throw ApiError.BadRequest("[{'type': 'json_invalid', 'loc': ('body', 0), 'msg': 'JSON decode error', 'input': {}}]");
        }
    }

    private static GenerationRequest Read(JsonObject json, string model, bool isChat, ServeSettings settings, ModelConfig config)
    {
        var messages = isChat ? json["messages"] as JsonArray ?? throw ApiError.BadRequest("[{'type': 'missing', 'loc': ('body', 'messages'), 'msg': 'Field required'}]") : null;
        var hasImage = messages?.Any(message => message?["content"] is JsonArray parts && parts.Any(part => (string?)part?["type"] is "image_url" or "input_image")) == true;
        if (hasImage && !config.TakesImages) throw ApiError.BadRequest($"At most 0 image(s) may be provided in one prompt.");
        var prompt = messages is null ? PromptOf(json["prompt"]) : LastUserText(messages);
        var promptTokens = messages is null ? Tokens.Count(prompt) : Tokens.CountChat(messages);
        var asked = (json["max_completion_tokens"] ?? json["max_tokens"])?.GetValue<int>();
        if (asked is < 1) throw ApiError.BadRequest($"max_tokens must be at least 1, got {asked}.", "max_tokens");
        var room = settings.MaxModelLen - promptTokens;
        if (room < 1 || asked > room) throw ApiError.TooLong(settings.MaxModelLen, asked ?? 1, promptTokens);
        var format = json["response_format"];
        return new GenerationRequest
        {
            IsChat = isChat,
            Model = model,
            Prompt = prompt,
            HasImage = hasImage,
            PromptTokens = promptTokens,
            MaxTokens = asked ?? (isChat ? room : 16),
            IgnoreEnd = json["ignore_eos"]?.GetValue<bool>() == true,
            Stream = json["stream"]?.GetValue<bool>() == true,
            IncludeUsage = json["stream_options"]?["include_usage"]?.GetValue<bool>() == true,
            Stops = json["stop"] switch { JsonArray several => [.. several.Select(stop => (string)stop!)], JsonValue one => [one.ToString()], _ => [] },
            Schema = (string?)format?["type"] == "json_schema" ? format["json_schema"]?["schema"] : null,
            AnyJson = (string?)format?["type"] == "json_object",
        };
    }

    private static string PromptOf(JsonNode? prompt) => prompt switch
    {
        JsonArray { Count: > 0 } several => several[0] is JsonValue first && first.TryGetValue<string>(out var text) ? text : string.Concat(several.Select(token => $" {token}")),
        JsonValue one => one.ToString(),
        _ => throw ApiError.BadRequest("[{'type': 'missing', 'loc': ('body', 'prompt'), 'msg': 'Field required'}]"),
    };

    private static string LastUserText(JsonArray messages) => messages.LastOrDefault(message => (string?)message?["role"] == "user")?["content"] switch
    {
        JsonArray parts => string.Join('\n', parts.Where(part => (string?)part?["type"] == "text").Select(part => (string?)part?["text"])),
        JsonValue text => text.ToString(),
        _ => "",
    };
}
