using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmOps.Preflight.Collective;

/// <summary>What a process of the all-reduce tells: a step that it has done.</summary>
internal sealed record CollectiveStep
{
    /// <summary>The steps, in order.</summary>
    public static readonly IReadOnlyList<string> Order = ["imported", "device", "joined", "reduced", "measured"];

    public required int Rank { get; init; }

    public required string Step { get; init; }

    public string? Torch { get; init; }

    public string? Cuda { get; init; }

    public string? Nccl { get; init; }

    public string? Name { get; init; }

    public bool? Correct { get; init; }

    public long? Bytes { get; init; }

    public double? Seconds { get; init; }

    /// <summary>Reads a line; null if it is something else, such as a warning of torch.</summary>
    public static CollectiveStep? Parse(string line)
    {
        if (!line.StartsWith('{')) return null;
        try
        {
            return JsonSerializer.Deserialize(line, CollectiveJson.Default.CollectiveStep) is { } step && Order.Contains(step.Step) ? step : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CollectiveStep))]
internal sealed partial class CollectiveJson : JsonSerializerContext;
