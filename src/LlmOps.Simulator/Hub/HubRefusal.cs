namespace LlmOps.Simulator.Hub;

/// <summary>An error as the Hub reports it: a status, the header <c>X-Error-Code</c> and a text.</summary>
internal sealed record HubRefusal(int Status, string? Code, string Message);
