using System.Globalization;
using System.Text.Json;
using LlmOps.Chat;
using LlmOps.Containers;

namespace LlmOps.WebUI;

/// <summary>What a container of Open WebUI says of itself in labels, and how it is read back.</summary>
internal static class OpenWebUILabels
{
    /// <summary>The label that every one of them has.</summary>
    public const string Marker = "llmops.openwebui";

    /// <summary>The labels of a container.</summary>
    /// <param name="options">What it is to be.</param>
    public static IEnumerable<(string Name, string Value)> Of(OpenWebUIOptions options)
    {
        yield return (Marker, "1");
        yield return (Marker + ".page", options.PageUri.AbsoluteUri);
        yield return (Marker + ".endpoint", options.Endpoint.AbsoluteUri);
        yield return (Marker + ".auth", options.Auth ? "true" : "false");
        if (options.Model is { } model) yield return (Marker + ".model", model);
        if (options.Volume is { } volume) yield return (Marker + ".volume", volume);
        if (options.Tunnel is { } tunnel) yield return (Marker + ".tunnel", tunnel.Name);
        if (options is { OwnsTunnel: true, Tunnel: { } own }) yield return (Marker + ".own-tunnel", OpenWebUIOptions.Mark(own));
    }

    /// <summary>The object of a container, or null for one that is none of ours.</summary>
    /// <param name="container">What <c>inspect</c> says of it.</param>
    /// <param name="engine">The engine.</param>
    public static OpenWebUI? Read(JsonElement container, ContainerEngineKind engine)
    {
        var config = container.Member("Config");
        var labels = config.Member("Labels");
        var isOurs = Uri.TryCreate(Label(".page"), UriKind.Absolute, out var page) & Uri.TryCreate(Label(".endpoint"), UriKind.Absolute, out var endpoint);
        if (!isOurs || container.Member("Name").Text() is not { } name || container.Member("Id").Text() is not { } id) return null;
        return new OpenWebUI
        {
            Name = name.TrimStart('/'),
            ContainerId = id,
            State = container.Member("State").Member("Running").ValueKind == JsonValueKind.True ? OpenWebUIState.Starting : OpenWebUIState.Stopped,
            Uri = page!,
            Endpoint = endpoint!,
            Model = Label(".model"),
            Tunnel = Label(".tunnel"),
            OwnTunnel = Label(".own-tunnel"),
            Auth = Label(".auth") == "true",
            Volume = Label(".volume"),
            Image = config.Member("Image").Text() ?? "",
            Engine = engine,
            CreatedAt = DateTimeOffset.TryParse(container.Member("Created").Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created) ? created : default,
        };

        string? Label(string name) => labels.Member(Marker + name).Text();
    }
}
