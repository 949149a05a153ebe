using System.Text.Json.Serialization;
using LlmOps.Engines;
using LlmOps.Jobs;

namespace LlmOps.Protocol.Operations;

/// <summary>The operations that put engines on a rig.</summary>
public static class EngineOperations
{
    /// <summary>Installs an engine as a job that outlives the connection; joins it where it runs, and returns at once where the engine is complete.</summary>
    public static readonly AgentOperation<EngineInstallArgs, EngineInstallProgress, EngineInstallation> Install =
        new("engine.install", static () => EngineJson.Default);

    /// <summary>The job behind <see cref="Install"/>.</summary>
    internal static readonly JobDefinition<EngineInstallArgs, EngineInstallProgress, EngineInstallation> Job =
        new("install", static () => EngineJson.Default);
}

/// <summary>What to install.</summary>
/// <param name="Ticket">Made by the caller once per wish.</param>
/// <param name="Version">The version of vLLM; null is the one that LlmOps is made for.</param>
/// <param name="SystemPackages">True looks for a C compiler and, where that is allowed, installs one with the system's package manager.</param>
public sealed record EngineInstallArgs(string Ticket, string? Version, bool SystemPackages);

/// <summary>How far an installation is.</summary>
/// <param name="Step">What it does, such as <c>installing vLLM 0.29.0</c>.</param>
/// <param name="Number">Which step that is, from 1.</param>
/// <param name="Count">How many steps there are.</param>
/// <param name="Detail">The latest line of the program that works, or null.</param>
public sealed record EngineInstallProgress(string Step, int Number, int Count, string? Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EngineInstallArgs))]
[JsonSerializable(typeof(EngineInstallProgress))]
[JsonSerializable(typeof(EngineInstallation))]
internal sealed partial class EngineJson : JsonSerializerContext;
