using System.Net;
using System.Text.Json;
using LlmOps.Chat;

namespace LlmOps.Containers;

/// <summary>What decides how Podman's containers reach this machine.</summary>
/// <param name="IsRemote">Whether the engine is reached through a connection: a Podman machine, or another computer.</param>
/// <param name="IsRootless">Whether it runs without root.</param>
/// <param name="RootlessNetwork">The program that makes a rootless container's network: <c>pasta</c> or <c>slirp4netns</c>.</param>
/// <param name="Gateway">The address of the bridge, or null.</param>
internal sealed record PodmanFacts(bool IsRemote, bool IsRootless, string RootlessNetwork, IPAddress? Gateway)
{
    private const int PastaIsDefault = 5; // Podman 5.0 release notes

    /// <summary>Asks the engine.</summary>
    /// <param name="engine">Podman.</param>
    /// <param name="cancel">Ends the questions.</param>
    public static async Task<PodmanFacts> AskAsync(ContainerEngine engine, CancellationToken cancel)
    {
        var info = engine.AskAsync(["info", "--format", "json"], cancel);
        var network = engine.AskAsync(["network", "inspect", "podman"], cancel);
        await Task.WhenAll(info, network).ConfigureAwait(false);
        return Read(await info.ConfigureAwait(false), await network.ConfigureAwait(false));
    }

    /// <summary>Reads the answers of <c>podman info</c> and <c>podman network inspect</c>.</summary>
    public static PodmanFacts Read(JsonElement info, JsonElement network)
    {
        var host = info.Member("host");
        var major = info.Member("version").Member("Version").Text()?.Split('.')[0];
        var usual = int.TryParse(major, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= PastaIsDefault ? "pasta" : "slirp4netns";
        return new PodmanFacts(
            host.Member("serviceIsRemote").ValueKind == JsonValueKind.True,
            host.Member("security").Member("rootless").ValueKind == JsonValueKind.True,
            host.Member("rootlessNetworkCmd").Text() is { Length: > 0 } named ? named : usual,
            BridgeGateway.First(Subnets(network).Select(subnet => subnet.Member("gateway").Text())));
    }

    private static IEnumerable<JsonElement> Subnets(JsonElement network) =>
        network.ValueKind == JsonValueKind.Array && network.GetArrayLength() > 0 && network[0].Member("subnets") is { ValueKind: JsonValueKind.Array } subnets ? subnets.EnumerateArray() : [];
}
