using System.Text.Json.Serialization;
using LlmOps.Gpus;

namespace LlmOps.Protocol.Operations;

/// <summary>The operations behind Get-GpuMemory.</summary>
public static class GpuOperations
{
    /// <summary>Reads all GPUs once.</summary>
    public static readonly AgentOperation<GpuMemoryArgs, Nothing, GpuSample> Memory =
        new("gpu.memory", static () => GpuJson.Default);

    /// <summary>Reads all GPUs at an interval, one event a reading, until the request is cancelled.</summary>
    public static readonly AgentOperation<GpuWatchArgs, GpuSample, Nothing> Watch =
        new("gpu.watch", static () => GpuJson.Default);
}

/// <summary>How to read the GPUs.</summary>
/// <param name="LimitMilliseconds">How long the vendor's tool may take; null is <see cref="GpuSampler.DefaultLimit"/>.</param>
public sealed record GpuMemoryArgs(int? LimitMilliseconds = null);

/// <summary>How to watch the GPUs.</summary>
/// <param name="IntervalMilliseconds">From one reading to the next, 1 or more.</param>
/// <param name="LimitMilliseconds">How long the vendor's tool may take; null is <see cref="GpuSampler.DefaultLimit"/>.</param>
public sealed record GpuWatchArgs(int IntervalMilliseconds, int? LimitMilliseconds = null);

/// <summary>All GPUs of a rig at a moment.</summary>
/// <param name="Gpus">One object per GPU, by index; <see cref="GpuMemory.Rig"/> is not set.</param>
public sealed record GpuSample(IReadOnlyList<GpuMemory> Gpus);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GpuMemoryArgs))]
[JsonSerializable(typeof(GpuWatchArgs))]
[JsonSerializable(typeof(GpuSample))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class GpuJson : JsonSerializerContext;
