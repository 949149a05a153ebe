using System.Text;
using System.Text.Json.Nodes;
using LlmOps.Simulator.Http;

namespace LlmOps.Simulator.Vllm;

/// <summary>Sends an answer in OpenAI's shapes: whole, or token by token as server-sent events.</summary>
internal sealed class GenerationReply(HttpExchange exchange, GenerationRequest request, Generation generation)
{
    private readonly string _id = $"{(request.IsChat ? "chatcmpl" : "cmpl")}-{Guid.NewGuid():N}";
    private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public async Task SendAsync(CancellationToken cancel)
    {
        if (request.Stream) await StreamAsync(cancel).ConfigureAwait(false);
        else await WholeAsync(cancel).ConfigureAwait(false);
    }

    private async Task WholeAsync(CancellationToken cancel)
    {
        var (thoughts, text) = (new StringBuilder(), new StringBuilder());
        await foreach (var (part, isThought) in generation.RunAsync(cancel).ConfigureAwait(false)) (isThought ? thoughts : text).Append(part);
        var choice = Choice();
        if (request.IsChat)
            choice["message"] = new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = text.ToString(),
                ["refusal"] = null,
                ["tool_calls"] = new JsonArray(),
                ["reasoning"] = thoughts.Length > 0 ? thoughts.ToString() : null,
                ["reasoning_content"] = thoughts.Length > 0 ? thoughts.ToString() : null,
            };
        else choice["text"] = text.ToString();
        choice["finish_reason"] = generation.FinishReason;
        choice["stop_reason"] = null;
        var body = Envelope(request.IsChat ? "chat.completion" : "text_completion", new JsonArray(choice));
        body["usage"] = Usage();
        await exchange.SendAsync(200, "application/json", body.ToJsonString(), cancel).ConfigureAwait(false);
    }

    private async Task StreamAsync(CancellationToken cancel)
    {
        await exchange.BeginAsync(200, "text/event-stream; charset=utf-8", null, cancel).ConfigureAwait(false);
        if (request.IsChat) await EventAsync(Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "" }, null), cancel).ConfigureAwait(false);
        await foreach (var (part, isThought) in generation.RunAsync(cancel).ConfigureAwait(false))
            await EventAsync(Chunk(isThought ? new JsonObject { ["reasoning"] = part, ["reasoning_content"] = part } : new JsonObject { ["content"] = part }, null), cancel).ConfigureAwait(false);
        await EventAsync(Chunk(new JsonObject { ["content"] = "" }, generation.FinishReason), cancel).ConfigureAwait(false);
        if (request.IncludeUsage)
        {
            var last = Envelope(ChunkName, []);
            last["usage"] = Usage();
            await EventAsync(last, cancel).ConfigureAwait(false);
        }

        await exchange.WriteAsync("data: [DONE]\n\n"u8.ToArray(), cancel).ConfigureAwait(false);
        await exchange.EndAsync(cancel).ConfigureAwait(false);
    }

    private string ChunkName => request.IsChat ? "chat.completion.chunk" : "text_completion";

    private JsonObject Chunk(JsonObject delta, string? finishReason)
    {
        var choice = Choice();
        if (request.IsChat) choice["delta"] = delta;
        else choice["text"] = (string?)delta["content"];
        choice["finish_reason"] = finishReason;
        if (finishReason is not null) choice["stop_reason"] = null;
        return Envelope(ChunkName, new JsonArray(choice));
    }

    private Task EventAsync(JsonObject chunk, CancellationToken cancel) => exchange.WriteAsync(Encoding.UTF8.GetBytes($"data: {chunk.ToJsonString()}\n\n"), cancel);

    private static JsonObject Choice() => new() { ["index"] = 0, ["logprobs"] = null };

    private JsonObject Envelope(string kind, JsonArray choices) => new() { ["id"] = _id, ["object"] = kind, ["created"] = _created, ["model"] = request.Model, ["choices"] = choices };

    private JsonObject Usage() => new()
    {
        ["prompt_tokens"] = request.PromptTokens,
        ["total_tokens"] = request.PromptTokens + generation.Generated,
        ["completion_tokens"] = generation.Generated,
        ["prompt_tokens_details"] = null,
    };
}
