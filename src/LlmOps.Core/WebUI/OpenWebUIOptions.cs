using System.Globalization;
using System.Net;
using System.Security;
using LlmOps.Tunnels;

namespace LlmOps.WebUI;

/// <summary>What an Open WebUI is to be.</summary>
public sealed record OpenWebUIOptions
{
    /// <summary>
    /// The image that is taken where none is named. The slim one: the models for retrieval and speech that the full one brings along lie in the data folder, which a container
    /// has in memory or in a volume.
    /// </summary>
    public const string DefaultImage = "ghcr.io/open-webui/open-webui:main-slim";

    /// <summary>The port of the page inside the container.</summary>
    internal const int InnerPort = 8080;

    /// <summary>The folder inside the container that holds all data.</summary>
    internal const string DataFolder = "/app/backend/data";

    /// <summary>The name, which is the container's.</summary>
    public required string Name { get; init; }

    /// <summary>The image.</summary>
    public string Image { get; init; } = DefaultImage;

    /// <summary>The address of this machine where the page is.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The TCP port of the page on this machine.</summary>
    public required int Port { get; init; }

    /// <summary>The base address of the API, as the container knows it.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The key to the API, or null.</summary>
    public SecureString? ApiKey { get; init; }

    /// <summary>The model that is to be listed and offered first, or null where any will do.</summary>
    public string? Model { get; init; }

    /// <summary>Whether people have to sign in.</summary>
    public bool Auth { get; init; }

    /// <summary>The e-mail address of the first administrator; null leaves that place to whoever signs up first.</summary>
    public string? AdminEmail { get; init; }

    /// <summary>The password of the first administrator.</summary>
    public SecureString? AdminPassword { get; init; }

    /// <summary>Keeps the data in a volume of the engine.</summary>
    public bool Persist { get; init; }

    /// <summary>Leaves retrieval over documents to the image's own settings, which fetch an embedding model.</summary>
    public bool EnableRag { get; init; }

    /// <summary>Leaves speech to the image's own settings, which fetch a Whisper model.</summary>
    public bool EnableSpeech { get; init; }

    /// <summary>Further variables. They may hold secrets, so they are treated as such.</summary>
    public IReadOnlyDictionary<string, SecureString> Environment { get; init; } = new Dictionary<string, SecureString>();

    /// <summary>The network that the container has to be in, or null for the engine's own choice.</summary>
    public string? Network { get; init; }

    /// <summary>The tunnel that leads to the API, or null.</summary>
    public LlmTunnel? Tunnel { get; init; }

    /// <summary>Whether the tunnel was opened for it alone.</summary>
    public bool OwnsTunnel { get; init; }

    /// <summary>The address of the page.</summary>
    public Uri PageUri => new($"http://{new IPEndPoint(Reachable, Port)}/");

    /// <summary>
    /// The volume that keeps the data, or null. One with and one without sign-in: without, Open WebUI makes an administrator whose password everybody knows, and that account must not be there
    /// once others can sign in.
    /// </summary>
    public string? Volume => Persist ? $"llmops-{Name}{(Auth ? "-auth" : "")}" : null;

    /// <summary>True where a text can be the name of an environment variable.</summary>
    /// <param name="name">The text.</param>
    public static bool IsVariableName(string name) => SecretScript.IsName(name);

    /// <summary>What tells a tunnel from every other of this machine.</summary>
    internal static string Mark(LlmTunnel tunnel) => string.Create(CultureInfo.InvariantCulture, $"{System.Environment.ProcessId}/{tunnel.Id}");

    private IPAddress Reachable => BindAddress.Equals(IPAddress.Any) ? IPAddress.Loopback : BindAddress.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : BindAddress;
}
