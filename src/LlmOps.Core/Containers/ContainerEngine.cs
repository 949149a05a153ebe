using System.Text.Json;
using LlmOps.Processes;

namespace LlmOps.Containers;

/// <summary>A container engine that answers. Docker and Podman take the same commands for all that is asked of them here.</summary>
public sealed class ContainerEngine
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ContainerCli _cli;
    private readonly TimeProvider _time;

    internal ContainerEngine(ContainerEngineKind kind, ContainerCli cli, TimeProvider time)
    {
        Kind = kind;
        _cli = cli;
        _time = time;
    }

    /// <summary>Which it is.</summary>
    public ContainerEngineKind Kind { get; }

    /// <summary>The settings of an image that this machine has, or null if it has it not.</summary>
    /// <param name="image">The image's reference.</param>
    /// <param name="cancel">Ends the question.</param>
    internal async Task<ContainerImage?> FindImageAsync(string image, CancellationToken cancel)
    {
        var answer = await RunAsync(["image", "inspect", "--format", "{{json .Config}}", image], cancel).ConfigureAwait(false);
        return answer.Exit.Code == 0 ? ContainerImage.Read(Parse(answer, "image inspect")) : null;
    }

    /// <summary>Brings an image here.</summary>
    /// <param name="image">The image's reference.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancel">Ends the pull; the layers that came stay with the engine.</param>
    /// <exception cref="LlmOpsException"><c>ContainerImageNotPulled</c>.</exception>
    internal async Task PullAsync(string image, IProgress<PullProgress> progress, CancellationToken cancel)
    {
        var layers = new PullLayers();
        var answer = await _cli.RunAsync(["pull", image], default, line => progress.Report(layers.Read(line)), cancel).ConfigureAwait(false);
        if (answer.Exit.Code != 0) throw ContainerErrors.ImageNotPulled(image, LastLine(answer));
    }

    /// <summary>Runs a command that has to succeed.</summary>
    /// <param name="arguments">The command.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="input">What it reads.</param>
    /// <returns>What it wrote, without the line's end.</returns>
    /// <exception cref="LlmOpsException"><c>ContainerCommandFailed</c>, or <c>ContainerEngineNotAnswering</c>.</exception>
    internal async Task<string> DoAsync(IReadOnlyList<string> arguments, CancellationToken cancel, ReadOnlyMemory<byte> input = default)
    {
        var answer = await RunAsync(arguments, cancel, input).ConfigureAwait(false);
        return answer.Exit.Code == 0 ? answer.Output.Trim() : throw ContainerErrors.CommandFailed(Kind.ToString(), arguments[0], LastLine(answer));
    }

    /// <summary>Runs a command that has to answer with JSON.</summary>
    /// <param name="arguments">The command.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LlmOpsException">As <see cref="DoAsync"/>.</exception>
    internal async Task<JsonElement> AskAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var answer = await RunAsync(arguments, cancel).ConfigureAwait(false);
        return answer.Exit.Code == 0 ? Parse(answer, arguments[0]) : throw ContainerErrors.CommandFailed(Kind.ToString(), arguments[0], LastLine(answer));
    }

    /// <summary>Runs a command, whatever its exit code.</summary>
    /// <param name="arguments">The command.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="input">What it reads.</param>
    /// <exception cref="LlmOpsException"><c>ContainerEngineNotAnswering</c>: it took longer than a minute.</exception>
    internal async Task<ProgramOutput> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel, ReadOnlyMemory<byte> input = default)
    {
        using var limit = new CancellationTokenSource(Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await _cli.RunAsync(arguments, input, null, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw ContainerErrors.EngineNotAnswering(Kind, $"'{arguments[0]}' took longer than {Limit.TotalSeconds} s");
        }
    }

    private JsonElement Parse(ProgramOutput answer, string command)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Output);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw ContainerErrors.CommandFailed(Kind.ToString(), command, "its answer is no JSON");
        }
    }

    private static string LastLine(ProgramOutput answer) =>
        (answer.Error.Trim().Length > 0 ? answer.Error : answer.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? $"exit code {answer.Exit.Code}";
}
