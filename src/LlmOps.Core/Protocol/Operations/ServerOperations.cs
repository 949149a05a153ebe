using System.Text.Json.Serialization;
using LlmOps.Diagnosis;
using LlmOps.Engines;

namespace LlmOps.Protocol.Operations;

/// <summary>The operations on the servers of a rig. Each server has a supervisor of its own on the rig, so that none of them needs the connection to last.</summary>
public static class ServerOperations
{
    /// <summary>Checks a wish, starts a server for it, and returns while it still starts. A second request with the same ticket returns the server of the first.</summary>
    public static readonly AgentOperation<ServerStartArgs, Nothing, LlmServer> Start =
        new("server.start", static () => ServerJson.Default);

    /// <summary>Stops a server and starts it again as it was. A second request with the same ticket returns the server of the first.</summary>
    public static readonly AgentOperation<ServerRestartArgs, Nothing, LlmServer> Restart =
        new("server.restart", static () => ServerJson.Default);

    /// <summary>All servers of the rig, also those that have ended.</summary>
    public static readonly AgentOperation<Nothing, Nothing, LlmServer[]> List =
        new("server.list", static () => ServerJson.Default);

    /// <summary>One server.</summary>
    public static readonly AgentOperation<ServerReference, Nothing, LlmServer> Get =
        new("server.get", static () => ServerJson.Default);

    /// <summary>Waits until a server is ready or has ended, and reports how far it is. May be asked for again at any time.</summary>
    public static readonly AgentOperation<ServerReference, EngineProgress, ServerOutcome> Wait =
        new("server.wait", static () => ServerJson.Default);

    /// <summary>Lines of a server's log.</summary>
    public static readonly AgentOperation<ServerLogArgs, ServerLogLines, Nothing> Log =
        new("server.log", static () => ServerJson.Default);

    /// <summary>Judges a server's log where it lies: why it failed or hangs.</summary>
    public static readonly AgentOperation<ServerReference, Nothing, ServerDiagnosis> Diagnose =
        new("server.diagnose", static () => ServerJson.Default);

    /// <summary>Ends a server and returns when all its processes are gone and their GPU memory is free.</summary>
    public static readonly AgentOperation<ServerStopArgs, Nothing, LlmServer> Stop =
        new("server.stop", static () => ServerJson.Default);

    /// <summary>Deletes what is kept of a server that has ended: its settings, its key and its log.</summary>
    public static readonly AgentOperation<ServerReference, Nothing, Nothing> Remove =
        new("server.remove", static () => ServerJson.Default);

    /// <summary>The key that a server asks its clients for.</summary>
    public static readonly AgentOperation<ServerReference, Nothing, ServerApiKey> ApiKey =
        new("server.apiKey", static () => ServerJson.Default);
}

/// <summary>What server to start.</summary>
public sealed record ServerStartArgs
{
    /// <summary>Made by the caller once per wish, so that asking again after a lost connection starts nothing twice.</summary>
    public required string Ticket { get; init; }

    /// <summary>The server's name; null makes one from the model.</summary>
    public string? Name { get; init; }

    /// <summary>A Hub id, or a folder on the rig.</summary>
    public required string Model { get; init; }

    /// <summary>The name under which clients ask for the model; null is the id, or the folder's name.</summary>
    public string? ServedModelName { get; init; }

    /// <summary>The engine's version; null is the newest that is installed.</summary>
    public string? EngineVersion { get; init; }

    /// <summary>The TCP port; null is the first free one from 8000.</summary>
    public int? Port { get; init; }

    /// <summary>How many GPUs; null is all.</summary>
    public int? TensorParallelSize { get; init; }

    /// <summary>The longest context: a number of tokens, or as vLLM takes it, such as <c>32k</c>; null is the model's.</summary>
    public string? MaxModelLen { get; init; }

    /// <summary>The share of each GPU's memory to use, 0 to 1; null is vLLM's own.</summary>
    public double? GpuMemoryUtilization { get; init; }

    /// <summary>The quantisation method; null is what the model declares.</summary>
    public string? Quantization { get; init; }

    /// <summary>How many GiB of weights per GPU stay in the CPU's memory; null is none.</summary>
    public double? CpuOffloadGB { get; init; }

    /// <summary>What was changed because a first start failed; null if nothing.</summary>
    public string? AutoFitted { get; init; }

    /// <summary>True starts it although a check of the rig says that it can't succeed.</summary>
    public bool Force { get; init; }

    /// <summary>The key that clients must show; null is none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Further flags for vLLM.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Further variables for vLLM; may hold secrets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The model; nothing secret.</summary>
    public override string ToString() => Model;
}

/// <summary>Which server to start again.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ticket">Made by the caller once per wish.</param>
/// <param name="DrainSeconds">How long it may finish what it is answering.</param>
public sealed record ServerRestartArgs(string Name, string Ticket, int DrainSeconds);

/// <summary>Which server.</summary>
/// <param name="Name">Its name.</param>
public sealed record ServerReference(string Name);

/// <summary>Which server to end.</summary>
/// <param name="Name">Its name; null with a ticket.</param>
/// <param name="Ticket">The ticket that it was started with, for a caller who was never told its name; null with a name.</param>
/// <param name="DrainSeconds">How long it may finish what it is answering.</param>
public sealed record ServerStopArgs(string? Name, string? Ticket, int DrainSeconds);

/// <summary>What became of a server that was waited for.</summary>
/// <param name="Server">The server.</param>
/// <param name="LogTail">The last lines of its log if it failed; otherwise none.</param>
public sealed record ServerOutcome(LlmServer Server, IReadOnlyList<string> LogTail);

/// <summary>Which lines of a log.</summary>
public sealed record ServerLogArgs
{
    /// <summary>The server's name.</summary>
    public required string Name { get; init; }

    /// <summary>How many of the last lines; null is all.</summary>
    public int? Tail { get; init; }

    /// <summary>True goes on with what is appended until the server has ended.</summary>
    public bool Follow { get; init; }

    /// <summary>Where to begin in bytes, instead of <see cref="Tail"/>. Set it to <see cref="ServerLogLines.Next"/> as lines come, and a request that is repeated goes on where it was.</summary>
    public long? From { get; set; }
}

/// <summary>Lines of a log, in order.</summary>
/// <param name="Lines">The lines without their ends; of a progress bar the last state.</param>
/// <param name="Next">Where the line after them begins, in bytes.</param>
public sealed record ServerLogLines(IReadOnlyList<string> Lines, long Next);

/// <summary>What is wrong with a server.</summary>
/// <param name="Value">The diagnosis, or null if nothing is wrong.</param>
public sealed record ServerDiagnosis(LlmDiagnosis? Value);

/// <summary>A server's key.</summary>
/// <param name="Value">The key, or null if it asks for none.</param>
public sealed record ServerApiKey(string? Value)
{
    /// <summary>Never the key.</summary>
    public override string ToString() => nameof(ServerApiKey);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(ServerStartArgs))]
[JsonSerializable(typeof(ServerRestartArgs))]
[JsonSerializable(typeof(ServerReference))]
[JsonSerializable(typeof(ServerStopArgs))]
[JsonSerializable(typeof(ServerOutcome))]
[JsonSerializable(typeof(ServerLogArgs))]
[JsonSerializable(typeof(ServerLogLines))]
[JsonSerializable(typeof(ServerApiKey))]
[JsonSerializable(typeof(ServerDiagnosis))]
[JsonSerializable(typeof(EngineProgress))]
[JsonSerializable(typeof(LlmServer[]))]
internal sealed partial class ServerJson : JsonSerializerContext;
