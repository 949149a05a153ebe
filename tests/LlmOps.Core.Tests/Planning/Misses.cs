namespace LlmOps.Planning.Tests;

/// <summary>The points that lie outside the bounds. docs/fit.md explains each.</summary>
internal static class Misses
{
    /// <summary>More than a percent from the logged weights.</summary>
    public static readonly string[] Weights = ["r1-distill-qwen-14b-2x4090"];

    /// <summary>Outside the bound from the total to the cache.</summary>
    public static readonly string[] EndToEnd = ["qwen3.5-122b-nvfp4-gb10", "r1-distill-qwen-14b-2x4090"];

    /// <summary>Flags that a log leaves out and that follow from what it prints.</summary>
    public static readonly Dictionary<string, int> BatchedTokens = new() { ["gemma4-31b-bf16-2x3090"] = 4096 };
}
