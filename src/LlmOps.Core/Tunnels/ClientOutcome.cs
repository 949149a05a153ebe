namespace LlmOps.Tunnels;

/// <summary>How the service of a client ended.</summary>
/// <param name="IsClean">False if the connection broke, or the client got none.</param>
/// <param name="Refusal">Why the client was not given what it wanted, or null.</param>
internal readonly record struct ClientOutcome(bool IsClean, string? Refusal = null);
