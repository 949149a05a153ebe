using System.Text.Json.Nodes;

namespace LlmOps.Simulator.Vllm;

/// <summary>A request that vLLM refuses, with the body that it answers.</summary>
internal sealed class ApiError(int status, string type, string message, string? parameter = null) : Exception(message)
{
    public int Status { get; } = status;

    public string Body => new JsonObject
    {
        ["error"] = new JsonObject { ["message"] = Message, ["type"] = type, ["param"] = parameter, ["code"] = Status },
    }.ToJsonString();

    public static ApiError NoSuchModel(string model) => new(404, "NotFoundError", $"The model `{model}` does not exist.", "model");

    public static ApiError BadRequest(string message, string? parameter = null) => new(400, "BadRequestError", message, parameter);

    public static ApiError TooLong(int limit, int wanted, int prompt) => prompt >= limit
        ? BadRequest($"This model's maximum context length is {limit} tokens. However, your request has {prompt} input tokens. Please reduce the length of the input messages.", "input_tokens")
        : BadRequest($"This model's maximum context length is {limit} tokens. However, you requested {wanted} output tokens and your prompt contains {prompt} input tokens, for a total of {wanted + prompt} tokens. Please reduce the length of the input prompt or the number of requested output tokens.", "input_tokens");
}
