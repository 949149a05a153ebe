using System.Text.Json.Serialization;

namespace LlmOps.Protocol.Operations;

/// <summary>The operation behind Invoke-GpuRigCommand: the user's own text in the user's own shell.</summary>
public static class ExecOperations
{
    /// <summary>Runs a command line in the login shell, in a process group of its own that ends when the request is cancelled.</summary>
    public static readonly AgentOperation<ExecArgs, ExecOutput, ExecResult> Run =
        new("exec.run", static () => ExecJson.Default);
}

/// <summary>What to run.</summary>
/// <param name="Command">The command line, as the user wrote it.</param>
/// <param name="WorkingDirectory">The folder to start in; null is the home folder.</param>
public sealed record ExecArgs(string Command, string? WorkingDirectory = null);

/// <summary>Bytes that the command wrote.</summary>
/// <param name="Data">The bytes; a character may be cut in two between one event and the next.</param>
/// <param name="IsError">True for standard error.</param>
public sealed record ExecOutput(byte[] Data, bool IsError);

/// <summary>How the command ended.</summary>
/// <param name="ExitCode">The exit code; 128 + the signal's number if a signal ended it, as shells say it.</param>
public sealed record ExecResult(int ExitCode);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExecArgs))]
[JsonSerializable(typeof(ExecOutput))]
[JsonSerializable(typeof(ExecResult))]
internal sealed partial class ExecJson : JsonSerializerContext;
