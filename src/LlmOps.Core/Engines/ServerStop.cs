namespace LlmOps.Engines;

/// <summary>The wish that a server ends, left in its folder for the supervisor.</summary>
/// <param name="DrainSeconds">How long it may finish what it is answering.</param>
internal sealed record ServerStop(int DrainSeconds);
