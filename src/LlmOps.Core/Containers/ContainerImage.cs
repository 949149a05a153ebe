using System.Text.Json;
using LlmOps.Chat;

namespace LlmOps.Containers;

/// <summary>What an image says of itself.</summary>
/// <param name="Command">What a container of it runs: its entry point and its command.</param>
/// <param name="IsRoot">True where that runs as the container's root.</param>
internal sealed record ContainerImage(IReadOnlyList<string> Command, bool IsRoot)
{
    /// <summary>Reads the <c>Config</c> of an image (OCI image specification, "Image Configuration").</summary>
    /// <param name="config">The object.</param>
    public static ContainerImage Read(JsonElement config) =>
        new([.. Words(config.Member("Entrypoint")), .. Words(config.Member("Cmd"))], config.Member("User").Text() is null or "" or "0" or "root" or "0:0" or "root:root");

    private static IEnumerable<string> Words(JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(word => word.Text()).OfType<string>() : [];
}
