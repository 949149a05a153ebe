using LlmOps.Containers;

namespace LlmOps.WebUI;

/// <summary>The arguments that make the container of an Open WebUI.</summary>
internal static class OpenWebUIContainer
{
    /// <summary>The words after <c>docker</c> or <c>podman</c>. None of them is secret.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="image">What the image runs.</param>
    public static IReadOnlyList<string> Create(OpenWebUIOptions options, ContainerImage image)
    {
        var words = new List<string> { "create", "--name", options.Name, "--publish", $"{Published(options)}:{options.Port}:{OpenWebUIOptions.InnerPort}" };
        foreach (var (name, value) in OpenWebUILabels.Of(options)) words.AddRange(["--label", $"{name}={value}"]);
        foreach (var (name, value) in OpenWebUIEnvironment.Open(options)) words.AddRange(["--env", $"{name}={value}"]);
        words.AddRange(options.Volume is { } volume ? ["--volume", $"{volume}:{OpenWebUIOptions.DataFolder}"] : ["--tmpfs", OpenWebUIOptions.DataFolder]);
        if (options.Network is { } network) words.AddRange(["--network", network]);
        words.AddRange(["--entrypoint", "/bin/sh", options.Image, "-c", SecretScript.Loader(SecretScript.Path), "sh", .. image.Command]);
        return words;
    }

    private static string Published(OpenWebUIOptions options) =>
        options.BindAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{options.BindAddress}]" : options.BindAddress.ToString();
}
