namespace LlmOps.Engines;

/// <summary>What a server was asked to be, as it is kept on the rig. It holds no secret: those are in the folder's <c>env</c>.</summary>
internal sealed record ServerSpec
{
    public required string Name { get; init; }

    /// <summary>Made by the caller once per wish to start: a repeated request with the same ticket finds the server that the first one started.</summary>
    public required string Ticket { get; init; }

    public required string Engine { get; init; }

    public required string EngineVersion { get; init; }

    public required string Model { get; init; }

    public required string ServedModelName { get; init; }

    public required int Port { get; init; }

    public required int TensorParallelSize { get; init; }

    public int? MaxModelLen { get; init; }

    /// <summary>What -AutoFit changed, or null.</summary>
    public string? AutoFitted { get; init; }

    /// <summary>The engine's program.</summary>
    public required string Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
}
