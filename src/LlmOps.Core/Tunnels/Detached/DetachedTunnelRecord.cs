using System.Text.Json.Serialization;
using LlmOps.Protocol;
using LlmOps.Rigs;

namespace LlmOps.Tunnels.Detached;

/// <summary>What the file of a detached tunnel says; never a secret.</summary>
internal sealed record DetachedTunnelRecord
{
    public required string Name { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>The named pipe at which its process answers this user.</summary>
    public required string Pipe { get; init; }

    public required GpuRig Rig { get; init; }

    public string? Server { get; init; }

    public required string RemoteHost { get; init; }

    public required int RemotePort { get; init; }

    public required int LocalPort { get; init; }

    public required IReadOnlyList<string> BindAddress { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What is asked of a detached tunnel's process: one line, answered by one.</summary>
/// <param name="Ask"><c>figures</c>, <c>key</c> or <c>close</c>.</param>
/// <param name="DrainMilliseconds">For <c>close</c>: how long open connections may take.</param>
internal sealed record TunnelQuestion(string Ask, double DrainMilliseconds = 0);

/// <summary>The answer of a detached tunnel's process.</summary>
internal sealed record TunnelAnswer
{
    public TunnelFigures? Figures { get; init; }

    public string? Key { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DetachedTunnelRecord))]
[JsonSerializable(typeof(TunnelQuestion))]
[JsonSerializable(typeof(TunnelAnswer))]
[JsonSerializable(typeof(AgentFault))]
internal sealed partial class DetachedTunnelJson : JsonSerializerContext;
