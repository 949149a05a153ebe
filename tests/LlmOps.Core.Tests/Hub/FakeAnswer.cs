namespace LlmOps.Hub.Tests;

/// <summary>What the fake Hub answers: to which kind of request, and what.</summary>
internal sealed record FakeAnswer(string Target, int Status, string[] Headers, byte[] Body)
{
    /// <summary>The whole content behind a range.</summary>
    public byte[]? Whole { get; init; }
}
