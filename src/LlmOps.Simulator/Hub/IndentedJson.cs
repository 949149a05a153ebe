using System.Text.Json;

namespace LlmOps.Simulator.Hub;

/// <summary>JSON as the files of a repository have it.</summary>
internal static class IndentedJson
{
    public static JsonSerializerOptions Options { get; } = new() { WriteIndented = true };
}
