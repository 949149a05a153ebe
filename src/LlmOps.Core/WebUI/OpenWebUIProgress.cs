namespace LlmOps.WebUI;

/// <summary>How far the start of an Open WebUI is.</summary>
/// <param name="Status">What is happening.</param>
/// <param name="Percent">0 to 100; null where that is not known.</param>
/// <param name="Detail">What the engine or the container said last.</param>
public sealed record OpenWebUIProgress(string Status, double? Percent, string Detail);
