using System.Management.Automation;
using System.Security;
using System.Text.Json;
using LlmOps.Infrastructure;
using LlmOps.State;
using LlmOps.Tunnels;

namespace LlmOps.Chat;

/// <summary>Asks a model, and returns its answer with the figures of the answering.</summary>
/// <remarks>
/// <para>The model is reached through a tunnel, at a server (a tunnel is opened for the question and ended after it), or at any
/// OpenAI-compatible endpoint. With nothing named, the only open tunnel is taken. At an interactive prompt the text is shown while it comes.</para>
/// <para>Pipe a reply back to go on with its conversation, at the same place and with the same model.</para>
/// <para>When the connection is cut while an answer comes through a tunnel, the question is asked again once the tunnel has healed, and what
/// was shown already is not shown again.</para>
/// </remarks>
/// <example><para>Ask through the only open tunnel.</para><code>Invoke-LlmChat "How many r's are in strawberry?"</code></example>
/// <example><para>Go on with a conversation.</para><code>$reply = Invoke-LlmChat 'Name a prime.' -Tunnel qwen; $reply | Invoke-LlmChat 'And the next one?'</code></example>
/// <example><para>Ask Groq, with the key from OPENAI_API_KEY.</para><code>Invoke-LlmChat 'Good morning!' -Endpoint https://api.groq.com/openai/v1 -Model openai/gpt-oss-20b</code></example>
/// <example><para>Get an object of a given shape.</para><code>(Invoke-LlmChat 'Berlin' -Schema @{ type = 'object'; properties = @{ country = @{ type = 'string' } }; required = @('country') }).Parsed.country</code></example>
[Cmdlet(VerbsLifecycle.Invoke, "LlmChat", DefaultParameterSetName = TunnelSet)]
[OutputType(typeof(ChatReply))]
public sealed class InvokeLlmChatCommand : TunnelCmdlet
{
    private const string TunnelSet = "Tunnel";
    private const string ServerSet = "Server";
    private const string EndpointSet = "Endpoint";
    private const string ReplySet = "Reply";

    /// <summary>What to ask.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Prompt { get; set; } = "";

    /// <summary>The tunnel to ask through: its name, or the object. Not needed where only one is open.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = TunnelSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TunnelNameCompleter))]
    public TunnelArgument? Tunnel { get; set; }

    /// <summary>The server to ask: its name, or the object. A tunnel to it is opened for the question.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ServerSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    public ServerArgument Server { get; set; } = null!;

    /// <summary>The rig that the server is on. Not needed for a server object, nor where only one rig is known.</summary>
    [Parameter(ParameterSetName = ServerSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument? Rig { get; set; }

    /// <summary>The base address of an OpenAI-compatible API, such as https://api.groq.com/openai/v1.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EndpointSet)]
    [ValidateNotNull]
    public Uri Endpoint { get; set; } = null!;

    /// <summary>The key to the endpoint. Without it the environment variable OPENAI_API_KEY is taken, if there is one.</summary>
    [Parameter(ParameterSetName = EndpointSet)]
    [SecureStringTransformation]
    [ValidateNotNull]
    public SecureString? ApiKey { get; set; }

    /// <summary>An earlier reply, whose conversation goes on.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ReplySet)]
    [ValidateNotNull]
    public ChatReply Reply { get; set; } = null!;

    /// <summary>The model. Without it the one that the tunnel or server serves, the reply's, or the first that the endpoint lists.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Model { get; set; }

    /// <summary>The instructions that the model gets before the conversation.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? System { get; set; }

    /// <summary>Sampling temperature, 0 (always the likeliest token) to 2. Without it the server's own.</summary>
    [Parameter]
    [ValidateRange(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>Nucleus sampling: take from the likeliest tokens that make up this share, above 0 to 1. Without it the server's own.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? TopP { get; set; }

    /// <summary>The most tokens that the answer may have, reasoning included.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? MaxTokens { get; set; }

    /// <summary>Pictures to go with the question: paths of PNG, JPEG, GIF, WebP or BMP files of 20 MiB at the most, or http(s) addresses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = [];

    /// <summary>A JSON schema that the answer must follow: JSON text, the path of a file that holds it, or a hashtable. The answer's object is in Parsed.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Schema { get; set; }

    /// <summary>Shows the text while it comes, also where the session is not interactive.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    /// <summary>Shows nothing until the answer is complete.</summary>
    [Parameter]
    public SwitchParameter NoStream { get; set; }

    private bool IsStreaming => !NoStream && (Stream || (Schema is null && !Console.IsOutputRedirected && MyInvocation.PipelinePosition == MyInvocation.PipelineLength));

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        var schema = Schema is null ? (JsonElement?)null : SchemaArgument.Read(Schema, GetUnresolvedProviderPathFromPSPath);
        var question = new ChatMessage(ChatRole.User, Prompt) { Images = await LoadImagesAsync(cancel) };
        var (endpoint, passing) = await OpenEndpointAsync(cancel);
        try
        {
            var request = new ChatRequest
            {
                Model = Model ?? await ModelOfAsync(endpoint, cancel),
                Messages = [.. Before(), question],
                Temperature = Temperature,
                TopP = TopP,
                MaxTokens = MaxTokens,
                Schema = schema,
            };
            var reply = await AskAsync(new ChatExchange(Services.Chat, endpoint, request), cancel);
            WriteObject(schema is null ? reply : reply with { Parsed = Parse(reply) });
        }
        finally
        {
            if (passing is not null) await passing.DisposeAsync();
        }
    }

    private static LlmTunnel OnlyTunnel() => Services.Tunnels.List() is var tunnels && tunnels.Count == 1 ? tunnels[0] : throw ChatErrors.NoEndpoint(tunnels.Count);

    private static object? Parse(ChatReply reply)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Text);
            return JsonObjects.FromJson(document.RootElement);
        }
        catch (JsonException)
        {
            throw ChatErrors.AnswerNotJson(reply.Text, reply.FinishReason);
        }
    }

    private async Task<ChatReply> AskAsync(ChatExchange exchange, CancellationToken cancel)
    {
        var screen = new ChatScreen(this);
        using var progress = new ProgressLine(this, "Waiting for the answer");
        progress.Report("The prompt is being read");
        var thought = 0;
        ChatReply? reply = null;
        try
        {
            await foreach (var update in exchange.AskAsync(cancel))
            {
                if (update.Retry is { } reason) WriteVerbose($"{reason} Asking again.");
                if (update.StartedAnew && IsStreaming)
                {
                    screen.EndLine();
                    WriteWarning("The connection was cut, and the answer, asked for again, came out different. It begins anew:");
                }

                thought += update.Reasoning.Length;
                if (IsStreaming && update.Text.Length > 0) progress.Dispose();
                else if (update.Reasoning.Length > 0) progress.Report($"It reasons: {thought} characters so far");
                if (IsStreaming) screen.Write(update.Text);
                reply = update.Reply ?? reply;
            }
        }
        finally
        {
            if (!cancel.IsCancellationRequested) screen.EndLine();
        }

        return reply! with { Streamed = IsStreaming };
    }

    private async Task<(ChatEndpoint Endpoint, LlmTunnel? Passing)> OpenEndpointAsync(CancellationToken cancel)
    {
        switch (ParameterSetName)
        {
            case EndpointSet:
                if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https")) throw ChatErrors.EndpointInvalid(Endpoint.OriginalString);
                return (new ChatEndpoint(Endpoint, ApiKey ?? SecureText.Hide(Environment.GetEnvironmentVariable("OPENAI_API_KEY"))), null);
            case ServerSet:
                return await OpenPassingAsync(await ResolveAsync(Server, Rig, cancel), cancel);
            case ReplySet:
                return Reply.Endpoint.Server is { } server ? await OpenPassingAsync(server, cancel) : (Reply.Endpoint, null);
            default:
                return (new ChatEndpoint(Tunnel is null ? OnlyTunnel() : Tunnel.Tunnel ?? Services.Tunnels.Find(Tunnel.Name) ?? throw TunnelErrors.NotFound(Tunnel.Name)), null);
        }
    }

    private async Task<(ChatEndpoint Endpoint, LlmTunnel? Passing)> OpenPassingAsync(Engines.LlmServer server, CancellationToken cancel)
    {
        var tunnel = await OpenAsync(server, server.Name, options => options, cancel);
        return (new ChatEndpoint(tunnel) { Server = server }, tunnel);
    }

    private IEnumerable<ChatMessage> Before()
    {
        var before = ParameterSetName == ReplySet ? Reply.Messages : [];
        return System is null ? before : [new ChatMessage(ChatRole.System, System), .. before.Where(message => message.Role != ChatRole.System)];
    }

    private async Task<string> ModelOfAsync(ChatEndpoint endpoint, CancellationToken cancel)
    {
        if (ParameterSetName == ReplySet) return Reply.Model;
        if (endpoint.Tunnel?.Model is { } served) return served;
        return await Services.Chat.ListModelsAsync(endpoint, cancel) is [var first, ..] ? first : throw ChatErrors.NoModel(endpoint.Uri);
    }

    private async Task<IReadOnlyList<Uri>> LoadImagesAsync(CancellationToken cancel)
    {
        var images = new List<Uri>(Image.Length);
        foreach (var image in Image)
            images.Add(ChatImage.IsAddress(image) ? new Uri(image) : await ChatImage.LoadAsync(GetUnresolvedProviderPathFromPSPath(image), cancel));
        return images;
    }
}
