using System.Buffers;
using System.Text.Json;

namespace LlmOps.Chat;

/// <summary>Writes the body of <c>POST /v1/chat/completions</c>, as OpenAI's API reference defines it and vLLM, llama.cpp, SGLang, Groq and others accept it.</summary>
internal static class ChatRequestBody
{
    public static ReadOnlyMemory<byte> Write(ChatRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", request.Model);
            json.WriteStartArray("messages");
            foreach (var message in request.Messages) WriteMessage(json, message);
            json.WriteEndArray();
            if (request.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
            if (request.TopP is { } topP) json.WriteNumber("top_p", topP);
            if (request.MaxTokens is { } maxTokens) json.WriteNumber("max_tokens", maxTokens);
            if (request.Schema is { } schema) WriteSchema(json, schema);
            json.WriteBoolean("stream", true);
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role switch { ChatRole.System => "system", ChatRole.Assistant => "assistant", _ => "user" });
        if (message.Images.Count == 0)
        {
            json.WriteString("content", message.Text);
        }
        else
        {
            json.WriteStartArray("content");
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("text", message.Text);
            json.WriteEndObject();
            foreach (var image in message.Images) WriteImage(json, image);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter json, Uri image)
    {
        json.WriteStartObject();
        json.WriteString("type", "image_url");
        json.WriteStartObject("image_url");
        json.WriteString("url", image.OriginalString);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter json, JsonElement schema)
    {
        json.WriteStartObject("response_format");
        json.WriteString("type", "json_schema");
        json.WriteStartObject("json_schema");
        json.WriteString("name", "answer");
        json.WriteBoolean("strict", true);
        json.WritePropertyName("schema");
        schema.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
