using System.Text;
using System.Text.Json.Nodes;
using LlmOps.Planning;

namespace LlmOps.Simulator.Vllm;

/// <summary>What vLLM reads in a model's config.json.</summary>
internal sealed record ModelConfig
{
    /// <summary>What decides about memory.</summary>
    public required ModelArchitecture Planned { get; init; }

    public required string ModelType { get; init; }

    public string Architecture => Planned.Name;

    public int Layers => Planned.Layers;

    public int Heads => Planned.Heads;

    public int MaxPositions => Planned.MaxPositions;

    public string DType => Planned.DType;

    /// <summary>Such as <c>awq</c>, or null.</summary>
    public string? Quantization => Planned.Quantization?.Method;

    public bool TakesImages => Planned.Vision is not null;

    /// <exception cref="LlmOpsException"><c>ModelConfigUnreadable</c>.</exception>
    public static ModelConfig Read(JsonObject config) => new()
    {
        Planned = ModelConfigReader.Read(Encoding.UTF8.GetBytes(config.ToJsonString())),
        ModelType = (string?)config["model_type"] ?? "unknown",
    };
}
