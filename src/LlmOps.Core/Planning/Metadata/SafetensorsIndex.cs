using System.Text.Json;

namespace LlmOps.Planning;

/// <summary>The index of a model in several safetensors files.</summary>
internal static class SafetensorsIndex
{
    /// <summary>The bytes of all tensors, or null if it does not say.</summary>
    public static long? TotalSize(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var index = JsonDocument.Parse(json);
            return index.RootElement.Child("metadata")?.Real("total_size") is { } total and > 0 and < 1e18 ? (long)total : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
