using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using LlmOps.Chat;
using LlmOps.Containers;
using LlmOps.Infrastructure;
using LlmOps.Rigs;
using LlmOps.State;
using LlmOps.Tunnels;

namespace LlmOps.WebUI;

/// <summary>A cmdlet that makes an Open WebUI, or the description of one: its settings.</summary>
public abstract class OpenWebUICmdlet : TunnelCmdlet
{
    private protected const string TunnelSet = "Tunnel";
    private protected const string EndpointSet = "Endpoint";

    /// <summary>The tunnel that leads to the model: its name, or the object. Not needed where only one is open. It listens on the container engine's bridge from then on.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = TunnelSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TunnelNameCompleter))]
    public TunnelArgument? Tunnel { get; set; }

    /// <summary>The base address of an OpenAI-compatible API, such as https://api.groq.com/openai/v1.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EndpointSet)]
    [ValidateNotNull]
    public Uri Endpoint { get; set; } = null!;

    /// <summary>The key to the endpoint. Without it the environment variable OPENAI_API_KEY is taken, if there is one.</summary>
    [Parameter(ParameterSetName = EndpointSet)]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? ApiKey { get; set; }

    /// <summary>The model that is offered first. Without it the tunnel's, or the first that the endpoint lists.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Model { get; set; }

    /// <summary>The TCP port of the page on this machine. Without it the first free one from 3000.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>The address of this machine where the page is. Default: 127.0.0.1. Any other needs sign-in and -AllowRemote.</summary>
    [Parameter]
    [ValidateNotNull]
    public IPAddress BindAddress { get; set; } = IPAddress.Loopback;

    /// <summary>Allows an address that other machines can reach.</summary>
    [Parameter]
    public SwitchParameter AllowRemote { get; set; }

    /// <summary>Has people sign in. Without -Credential, whoever signs up first is the administrator.</summary>
    [Parameter]
    public SwitchParameter Auth { get; set; }

    /// <summary>Has people sign in, and makes this administrator at the first start: an e-mail address and a password.</summary>
    [Parameter]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>Keeps chats and accounts in a volume of the container engine. Without it they are in memory, and gone when Open WebUI ends.</summary>
    [Parameter]
    public SwitchParameter Persist { get; set; }

    /// <summary>The image.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Image { get; set; } = OpenWebUIOptions.DefaultImage;

    /// <summary>Further environment variables of Open WebUI, which override those that are set here. A value may be a SecureString; all are treated as secrets.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable Environment { get; set; } = [];

    /// <summary>Leaves retrieval over documents on, as the image has it. It fetches an embedding model. Without it documents are given to the model whole.</summary>
    [Parameter]
    public SwitchParameter EnableRag { get; set; }

    /// <summary>Leaves speech on, as the image has it. It fetches a Whisper model at first use.</summary>
    [Parameter]
    public SwitchParameter EnableSpeech { get; set; }

    /// <summary>The container engine. Without it Docker is taken where it answers, else Podman.</summary>
    [Parameter]
    public ContainerEngineKind? Engine { get; set; }

    /// <summary>The name of the container.</summary>
    private protected abstract string ContainerName { get; }

    /// <summary>What was asked for, checked before anything is changed.</summary>
    /// <param name="tunnel">The tunnel that leads to the API; null for an endpoint.</param>
    /// <param name="host">How containers reach this machine; null where that was not asked, since the endpoint is elsewhere.</param>
    /// <param name="model">The model to offer.</param>
    private protected OpenWebUIOptions Options(LlmTunnel? tunnel, ContainerHostAddress? host, string? model)
    {
        var isReachable = tunnel is null && Endpoint.IsLoopback && host is { Bridge: null };
        return new OpenWebUIOptions
        {
            Name = ContainerName,
            Image = Image,
            BindAddress = BindAddress,
            Port = Port ?? OpenWebUIService.FreePort(BindAddress),
            Endpoint = tunnel is not null ? host!.UriOf(tunnel.LocalPort) : isReachable ? new UriBuilder(Endpoint) { Host = host!.Host }.Uri : Endpoint,
            ApiKey = tunnel is not null ? tunnel.GetApiKey() : EndpointKey(),
            Model = model,
            Auth = NeedsSignIn,
            AdminEmail = Credential?.UserName,
            AdminPassword = Credential?.Password,
            Persist = Persist,
            EnableRag = EnableRag,
            EnableSpeech = EnableSpeech,
            Environment = Environment.Cast<DictionaryEntry>().ToDictionary(variable => variable.Key.ToString()!, variable => Secret(variable.Value)),
            Network = tunnel is not null ? host!.NetworkTo(tunnel.LocalPort) : isReachable ? host!.NetworkTo(Endpoint.Port) : null,
            Tunnel = tunnel,
        };
    }

    /// <summary>Refuses what can't be or should not be.</summary>
    /// <exception cref="LlmOpsException">The input that is at fault.</exception>
    private protected void Validate()
    {
        if (!RigName.IsValid(ContainerName)) throw WebUIErrors.NameInvalid(ContainerName);
        if (!IPAddress.IsLoopback(BindAddress))
        {
            if (!NeedsSignIn) throw WebUIErrors.AuthNeeded(BindAddress);
            if (!AllowRemote) throw WebUIErrors.RemoteNotAllowed(BindAddress);
        }

        if (Credential is { } credential && !credential.UserName.Contains('@', StringComparison.Ordinal)) throw WebUIErrors.EmailInvalid(credential.UserName);
        if (Environment.Keys.Cast<object>().Select(key => key.ToString()!).FirstOrDefault(name => !OpenWebUIOptions.IsVariableName(name)) is { } invalid) throw WebUIErrors.VariableInvalid(invalid);
        if (ParameterSetName != EndpointSet) return;
        if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https")) throw ChatErrors.EndpointInvalid(Endpoint.OriginalString);
        if (Endpoint.UserInfo.Length > 0) throw WebUIErrors.EndpointWithPassword(Endpoint.Host);
    }

    /// <summary>How containers reach this machine, where they have to.</summary>
    private protected async Task<ContainerHostAddress?> FindHostAsync(ContainerEngine engine, CancellationToken cancel)
    {
        if (ParameterSetName == EndpointSet && !Endpoint.IsLoopback) return null;
        var host = await ContainerHostLookup.FindAsync(engine, cancel);
        return ParameterSetName == EndpointSet && host.Bridge is { } bridge ? throw WebUIErrors.EndpointOnLoopback(Endpoint, bridge) : host;
    }

    /// <summary>The tunnel that was named, or the only one.</summary>
    private protected LlmTunnel FindTunnel()
    {
        if (Tunnel is not null) return Tunnel.Tunnel ?? Services.Tunnels.Find(Tunnel.Name) ?? throw TunnelErrors.NotFound(Tunnel.Name);
        return Services.Tunnels.List() is var tunnels && tunnels.Count == 1 ? tunnels[0] : throw ChatErrors.NoEndpoint(tunnels.Count);
    }

    /// <summary>The model to offer, after a look whether the API lists it: what is not to be had is said before anything is started.</summary>
    private protected async Task<string> ModelOfAsync(LlmTunnel? tunnel, CancellationToken cancel)
    {
        var endpoint = tunnel is not null ? new ChatEndpoint(tunnel) : new ChatEndpoint(Endpoint, EndpointKey());
        var models = await Services.Chat.ListModelsAsync(endpoint, cancel);
        if (models.Count == 0) throw ChatErrors.NoModel(endpoint.Uri);
        var wanted = Model ?? tunnel?.Model ?? models[0];
        return models.Contains(wanted) ? wanted : throw ChatErrors.ModelNotFound(endpoint.Uri, wanted, $"it lists {string.Join(", ", models.Take(5))}.");
    }

    private bool NeedsSignIn => Auth || Credential is not null;

    private static SecureString Secret(object? value) => (value is PSObject item ? item.BaseObject : value) switch
    {
        SecureString secret => secret,
        var other => SecureText.Hide(LanguagePrimitives.ConvertTo<string>(other)) ?? new SecureString(),
    };

    private SecureString? EndpointKey() => ApiKey ?? SecureText.Hide(System.Environment.GetEnvironmentVariable("OPENAI_API_KEY"));
}
