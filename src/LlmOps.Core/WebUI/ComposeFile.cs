using System.Text;
using System.Text.Json;

namespace LlmOps.WebUI;

/// <summary>
/// Writes a compose file (compose-spec.io) of an Open WebUI. Every text in it is a JSON string, which YAML 1.2 reads as it is; nothing in it is secret: what is, lies in a file that it names.
/// </summary>
public static class ComposeFile
{
    private const string SecretName = "openwebui_env";

    /// <summary>The name of the file with the secrets, which lies beside the compose file.</summary>
    public const string SecretFileName = "openwebui.secret.env";

    /// <summary>True where there is something secret to put into that file.</summary>
    /// <param name="options">What it is to be.</param>
    public static bool HasSecrets(OpenWebUIOptions options) => OpenWebUIEnvironment.Secret(options).Count > 0;

    /// <summary>The content of that file: POSIX shell that sets the variables.</summary>
    /// <param name="options">What it is to be.</param>
    public static byte[] WriteSecrets(OpenWebUIOptions options) => SecretScript.Write(OpenWebUIEnvironment.Secret(options));

    /// <summary>The names of the variables that that file sets.</summary>
    /// <param name="options">What it is to be.</param>
    public static IReadOnlyList<string> SecretNames(OpenWebUIOptions options) => [.. OpenWebUIEnvironment.Secret(options).Select(variable => variable.Name)];

    /// <summary>What Open WebUI's own image runs (its Dockerfile), for a file that is written where the image is not.</summary>
    public static IReadOnlyList<string> UsualCommand { get; } = ["bash", "start.sh"];

    /// <summary>The compose file.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="command">What the image runs.</param>
    public static string Write(OpenWebUIOptions options, IReadOnlyList<string> command)
    {
        ArgumentNullException.ThrowIfNull(options);
        var yaml = new StringBuilder();
        yaml.Append("# Open WebUI for ").Append(options.Endpoint.Authority).Append(". Start it with 'docker compose up -d' or 'podman-compose up -d'.\n");
        yaml.Append("services:\n  open-webui:\n");
        Line("    container_name", options.Name);
        Line("    image", options.Image);
        List("    ports", [$"{Published(options)}:{options.Port}:{OpenWebUIOptions.InnerPort}"]);
        if (options.Network is { } network) Line("    network_mode", network);
        yaml.Append("    environment:\n");
        foreach (var (name, value) in OpenWebUIEnvironment.Open(options)) Line($"      {name}", value);
        if (options.Volume is { } volume) List("    volumes", [$"{volume}:{OpenWebUIOptions.DataFolder}"]);
        else List("    tmpfs", [OpenWebUIOptions.DataFolder]);
        if (HasSecrets(options))
        {
            List("    secrets", [SecretName]);
            List("    entrypoint", ["/bin/sh", "-c", SecretScript.Loader("/run/secrets/" + SecretName), "sh"]);
            List("    command", command);
            yaml.Append("secrets:\n  ").Append(SecretName).Append(":\n");
            Line("    file", "./" + SecretFileName);
        }

        if (options.Volume is { } named)
        {
            yaml.Append("volumes:\n");
            yaml.Append("  ").Append(named).Append(":\n");
            Line("    name", named);
        }

        return yaml.ToString();

        void Line(string key, string value) => yaml.Append(key).Append(": ").Append(Text(value)).Append('\n');

        void List(string key, IEnumerable<string> values)
        {
            var indent = new string(' ', key.Length - key.TrimStart().Length + 2);
            yaml.Append(key).Append(":\n");
            foreach (var value in values) yaml.Append(indent).Append("- ").Append(Text(value)).Append('\n');
        }
    }

    // A dollar sign begins a variable of the file (compose-spec, "Interpolation"), unless there are two.
    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value.Replace("$", "$$", StringComparison.Ordinal), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Published(OpenWebUIOptions options) =>
        options.BindAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{options.BindAddress}]" : options.BindAddress.ToString();
}
