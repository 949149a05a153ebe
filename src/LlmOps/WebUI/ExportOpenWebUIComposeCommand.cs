using System.Management.Automation;
using System.Text;
using LlmOps.Containers;
using LlmOps.Infrastructure;
using LlmOps.State;

namespace LlmOps.WebUI;

/// <summary>Writes a compose file of an Open WebUI, for 'docker compose' and 'podman-compose'.</summary>
/// <remarks>
/// <para>It holds what Start-OpenWebUI would do, and no secret. The key to the model and what -Environment sets come from a file beside it, openwebui.secret.env: -WriteSecret writes that, for you alone to read;
/// without it a warning says what belongs in there.</para>
/// <para>The tunnel listens on the container engine's bridge from then on, so the file can be used at once. For later, give the tunnel a port of its own, and open it again in the same way before the container starts:
/// New-LlmTunnel -LocalPort 8000 -DockerBridge.</para>
/// </remarks>
/// <example><para>Write it for a tunnel.</para><code>New-LlmTunnel qwen -Rig big -LocalPort 8000 -DockerBridge | Export-OpenWebUICompose ./docker-compose.yaml -WriteSecret</code></example>
/// <example><para>Write it for an endpoint, then start it.</para><code>Export-OpenWebUICompose ./docker-compose.yaml -Endpoint https://api.groq.com/openai/v1 -Model openai/gpt-oss-20b -Persist; docker compose up -d</code></example>
[Cmdlet(VerbsData.Export, "OpenWebUICompose", DefaultParameterSetName = TunnelSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportOpenWebUIComposeCommand : OpenWebUICmdlet
{
    /// <summary>The file. Default: docker-compose.yaml in the current folder.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "docker-compose.yaml";

    /// <summary>The name of the container. Default: openwebui.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OpenWebUINameCompleter))]
    public string Name { get; set; } = "openwebui";

    /// <summary>Writes openwebui.secret.env beside the file too, which only you can read.</summary>
    [Parameter]
    public SwitchParameter WriteSecret { get; set; }

    /// <summary>Replaces files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string ContainerName => Name;

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        Validate();
        var file = GetUnresolvedProviderPathFromPSPath(Path);
        var secrets = System.IO.Path.Join(System.IO.Path.GetDirectoryName(file), ComposeFile.SecretFileName);
        foreach (var taken in new[] { file, WriteSecret ? secrets : null }.OfType<string>())
            if (!Force && File.Exists(taken)) throw WebUIErrors.FileExists(taken);

        var tunnel = ParameterSetName == EndpointSet ? null : FindTunnel();
        var engine = await FindEngineAsync(isNeeded: tunnel is not null || Endpoint.IsLoopback, cancel);
        var host = engine is null ? null : await FindHostAsync(engine, cancel);
        var command = engine is null ? null : await Services.WebUI(engine).CommandOfAsync(Image, cancel);
        var options = Options(tunnel, host, Model ?? tunnel?.Model) with { Port = Port ?? 3000 };
        if (host is { Bridge: not null } && tunnel is not null) options = options with { Network = "bridge" }; // a network of compose's own may come without the bridge that is listened on
        if (!ShouldProcess(file, "Write compose file")) return;

        if (host is not null) tunnel?.OpenToContainers(host);
        AtomicFile.Write(file, Encoding.UTF8.GetBytes(ComposeFile.Write(options, command ?? ComposeFile.UsualCommand)));
        if (ComposeFile.HasSecrets(options)) WriteSecrets(secrets, options);
        WriteObject(new FileInfo(file));
    }

    /// <summary>The engine; null where none is here and the file can be written without.</summary>
    private async Task<ContainerEngine?> FindEngineAsync(bool isNeeded, CancellationToken cancel)
    {
        using var progress = new ProgressLine(this, "Writing a compose file");
        progress.Report("Asking the container engine");
        try
        {
            return await Services.ContainerEngines.FindAsync(Engine, cancel);
        }
        catch (LlmOpsException none) when (!isNeeded && none.ErrorId is ("ContainerEngineMissing" or "ContainerEngineNotAnswering"))
        {
            return null;
        }
    }

    private void WriteSecrets(string path, OpenWebUIOptions options)
    {
        if (WriteSecret) AtomicFile.Write(path, ComposeFile.WriteSecrets(options), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        else if (!File.Exists(path)) WriteWarning($"Put what is secret into {path} before the start, a line such as \"export {ComposeFile.SecretNames(options)[0]}='…'\" for each of {string.Join(", ", ComposeFile.SecretNames(options))}; or have it written with -WriteSecret.");
    }
}
