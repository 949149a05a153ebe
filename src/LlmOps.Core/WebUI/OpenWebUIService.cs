using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using LlmOps.Containers;

namespace LlmOps.WebUI;

/// <summary>Starts, finds and ends Open WebUI in containers of one engine.</summary>
/// <param name="engine">The engine.</param>
/// <param name="page">Speaks with it.</param>
/// <param name="time">The clock.</param>
public sealed class OpenWebUIService(ContainerEngine engine, OpenWebUIPage page, TimeProvider time)
{
    private const int FirstPort = 3000;

    private static readonly TimeSpan PageTime = TimeSpan.FromSeconds(2);

    /// <summary>Starts one, and returns when its page answers and the model is listed in it. Whatever goes wrong, nothing is left of it.</summary>
    /// <param name="options">What it is to be.</param>
    /// <param name="limit">How long it may take from its start.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <exception cref="LlmOpsException"><c>OpenWebUIExists</c>, <c>OpenWebUIPortInUse</c>, <c>ContainerImageNotPulled</c>, or why it does not serve.</exception>
    public async Task<OpenWebUI> StartAsync(OpenWebUIOptions options, TimeSpan limit, IProgress<OpenWebUIProgress> progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        await RefuseTakenAsync(options, cancel).ConfigureAwait(false);
        var image = await GetImageAsync(options.Image, progress, cancel).ConfigureAwait(false);
        progress.Report(new OpenWebUIProgress("Making its container", null, ""));
        cancel.ThrowIfCancellationRequested();

        // Not to be interrupted: a container that the engine makes after its program was ended would stay.
        await engine.DoAsync(OpenWebUIContainer.Create(options, image), CancellationToken.None).ConfigureAwait(false);
        try
        {
            cancel.ThrowIfCancellationRequested();
            var secrets = SecretScript.Pack(SecretScript.Write(OpenWebUIEnvironment.Secret(options)), image.IsRoot);
            await engine.DoAsync(["cp", "-", options.Name + ":/"], cancel, secrets).ConfigureAwait(false);
            await engine.DoAsync(["start", options.Name], cancel).ConfigureAwait(false);
            await new OpenWebUIWait(engine, page, time).RunAsync(options, limit, progress, cancel).ConfigureAwait(false);
            return (await ReadAsync([options.Name], cancel).ConfigureAwait(false)).Single() with { State = OpenWebUIState.Ready };
        }
        catch
        {
            await engine.RunAsync(["rm", "--force", "--volumes", options.Name], CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>All that LlmOps has started with this engine.</summary>
    /// <param name="cancel">Ends the questions.</param>
    public async Task<IReadOnlyList<OpenWebUI>> ListAsync(CancellationToken cancel)
    {
        var ids = await engine.DoAsync(["ps", "--all", "--quiet", "--no-trunc", "--filter", "label=" + OpenWebUILabels.Marker], cancel).ConfigureAwait(false);
        var found = ids.Length == 0 ? [] : await ReadAsync(ids.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), cancel).ConfigureAwait(false);
        return await Task.WhenAll(found.Select(one => LookAsync(one, cancel))).ConfigureAwait(false);
    }

    /// <summary>The names of all that LlmOps has started with this engine; quicker than all that is known of them.</summary>
    /// <param name="cancel">Ends the question.</param>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) =>
        (await engine.DoAsync(["ps", "--all", "--filter", "label=" + OpenWebUILabels.Marker, "--format", "{{.Names}}"], cancel).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Ends one, and removes its container. Its volume stays unless that is said.</summary>
    /// <param name="webUI">Which.</param>
    /// <param name="removeData">Whether to delete its volume too.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task StopAsync(OpenWebUI webUI, bool removeData, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(webUI);
        if (webUI is { Volume: not null, State: not OpenWebUIState.Stopped }) await engine.DoAsync(["stop", "-t", "5", webUI.ContainerId], cancel).ConfigureAwait(false); // time to write its database
        await engine.DoAsync(["rm", "--force", "--volumes", webUI.ContainerId], cancel).ConfigureAwait(false);
        if (removeData && webUI.Volume is { } volume) await engine.DoAsync(["volume", "rm", volume], cancel).ConfigureAwait(false);
    }

    /// <summary>What an image runs, or null where it is not on this machine.</summary>
    /// <param name="image">The image.</param>
    /// <param name="cancel">Ends the question.</param>
    public async Task<IReadOnlyList<string>?> CommandOfAsync(string image, CancellationToken cancel) => (await engine.FindImageAsync(image, cancel).ConfigureAwait(false))?.Command;

    /// <summary>The first port from 3000 that is free at an address of this machine.</summary>
    /// <param name="address">The address.</param>
    public static int FreePort(IPAddress address) => Enumerable.Range(FirstPort, 1000).FirstOrDefault(port => IsFree(address, port)) is > 0 and var free ? free : throw WebUIErrors.PortInUse(FirstPort, address);

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task RefuseTakenAsync(OpenWebUIOptions options, CancellationToken cancel)
    {
        if ((await engine.RunAsync(["container", "inspect", "--format", "{{.Id}}", options.Name], cancel).ConfigureAwait(false)).Exit.Code == 0) throw WebUIErrors.Exists(options.Name);
        if (!IsFree(options.BindAddress, options.Port)) throw WebUIErrors.PortInUse(options.Port, options.BindAddress);
    }

    private async Task<ContainerImage> GetImageAsync(string image, IProgress<OpenWebUIProgress> progress, CancellationToken cancel)
    {
        if (await engine.FindImageAsync(image, cancel).ConfigureAwait(false) is { } here) return here;
        progress.Report(new OpenWebUIProgress($"Pulling {image}", null, ""));
        await engine.PullAsync(image, new Relay<PullProgress>(pull => progress.Report(new OpenWebUIProgress(
            pull.Known == 0 ? $"Pulling {image}" : $"Pulling {image}: {pull.Done} of {pull.Known} layers", pull.Known == 0 ? null : 100.0 * pull.Done / pull.Known, pull.Line))), cancel).ConfigureAwait(false);
        return await engine.FindImageAsync(image, cancel).ConfigureAwait(false) ?? throw ContainerErrors.ImageNotPulled(image, "the engine does not know it after the pull");
    }

    private async Task<IReadOnlyList<OpenWebUI>> ReadAsync(IEnumerable<string> containers, CancellationToken cancel)
    {
        var answer = await engine.AskAsync(["container", "inspect", .. containers], cancel).ConfigureAwait(false);
        return answer.ValueKind == JsonValueKind.Array ? [.. answer.EnumerateArray().Select(container => OpenWebUILabels.Read(container, engine.Kind)).OfType<OpenWebUI>()] : [];
    }

    private async Task<OpenWebUI> LookAsync(OpenWebUI webUI, CancellationToken cancel)
    {
        if (webUI.State == OpenWebUIState.Stopped) return webUI;
        using var limit = new CancellationTokenSource(PageTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await page.AnswersAsync(webUI.Uri, either.Token).ConfigureAwait(false) ? webUI with { State = OpenWebUIState.Ready } : webUI;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return webUI;
        }
    }

    private sealed class Relay<T>(Action<T> tell) : IProgress<T>
    {
        public void Report(T value) => tell(value);
    }
}
