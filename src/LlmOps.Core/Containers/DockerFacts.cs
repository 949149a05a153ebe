using System.Net;
using System.Text.Json;
using LlmOps.Chat;

namespace LlmOps.Containers;

/// <summary>What decides how Docker's containers reach this machine.</summary>
/// <param name="Endpoint">Where the engine is reached, such as <c>unix:///var/run/docker.sock</c>.</param>
/// <param name="OperatingSystem">What the engine says that it runs on, such as <c>Docker Desktop</c>.</param>
/// <param name="IsRootless">Whether it runs without root.</param>
/// <param name="IsPodman">Whether Podman answers behind Docker's interface.</param>
/// <param name="Gateway">The address of the bridge, or null.</param>
internal sealed record DockerFacts(string Endpoint, string OperatingSystem, bool IsRootless, bool IsPodman, IPAddress? Gateway)
{
    /// <summary>Asks the engine.</summary>
    /// <param name="engine">Docker.</param>
    /// <param name="cancel">Ends the questions.</param>
    public static async Task<DockerFacts> AskAsync(ContainerEngine engine, CancellationToken cancel)
    {
        var endpoint = engine.DoAsync(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], cancel);
        var info = engine.AskAsync(["info", "--format", "{{json .}}"], cancel);
        var version = engine.AskAsync(["version", "--format", "{{json .}}"], cancel);
        var bridge = engine.AskAsync(["network", "inspect", "--format", "{{json .IPAM.Config}}", "bridge"], cancel);
        await Task.WhenAll(endpoint, info, version, bridge).ConfigureAwait(false);
        return Read(await endpoint.ConfigureAwait(false), await info.ConfigureAwait(false), await version.ConfigureAwait(false), await bridge.ConfigureAwait(false));
    }

    /// <summary>Reads the answers of <c>docker context inspect</c>, <c>info</c>, <c>version</c> and <c>network inspect</c>.</summary>
    public static DockerFacts Read(string endpoint, JsonElement info, JsonElement version, JsonElement bridge) => new(
        endpoint,
        info.Member("OperatingSystem").Text() ?? "",
        Texts(info.Member("SecurityOptions")).Any(option => option.Contains("name=rootless", StringComparison.Ordinal)),
        Items(version.Member("Server").Member("Components")).Any(component => component.Member("Name").Text()?.Contains("Podman", StringComparison.OrdinalIgnoreCase) == true),
        BridgeGateway.First(Items(bridge).Select(config => config.Member("Gateway").Text())));

    private static IEnumerable<string> Texts(JsonElement list) => Items(list).Select(item => item.Text()).OfType<string>();

    private static IEnumerable<JsonElement> Items(JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
