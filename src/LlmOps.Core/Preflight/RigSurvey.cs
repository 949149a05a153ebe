using LlmOps.Gpus;
using LlmOps.Hub;
using LlmOps.Processes;
using LlmOps.State;

namespace LlmOps.Preflight;

/// <summary>What is read of a machine once, for all checks, and what it is checked for.</summary>
internal sealed record RigSurvey
{
    private static readonly TimeSpan ProgramLimit = TimeSpan.FromSeconds(10);

    public required PreflightWish Wish { get; init; }

    /// <summary>Where LlmOps keeps its things.</summary>
    public required RigLayout Layout { get; init; }

    /// <summary>Where models come from and are kept.</summary>
    public required HubEnvironment Hub { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>How far this machine's clock is ahead of the workstation's, with the time that the question travelled; null where nobody compares.</summary>
    public TimeSpan? ClockDifference { get; init; }

    /// <summary>The driver's version, or null without NVIDIA's.</summary>
    public string? DriverVersion { get; init; }

    /// <summary>The newest CUDA that the driver runs.</summary>
    public string? CudaVersion { get; init; }

    /// <summary>Each NVIDIA GPU as the driver reports it; empty on other makers' machines.</summary>
    public IReadOnlyList<GpuHealth> Gpus { get; init; } = [];

    /// <summary>The memory of each GPU and who uses it.</summary>
    public IReadOnlyList<GpuMemory> Memory { get; init; } = [];

    /// <summary>Why the GPUs could not be read, or null.</summary>
    public LlmOpsException? GpuFailure { get; init; }

    /// <summary>The host whose name must be found to reach the Hub: its own, or that of the proxy on the way.</summary>
    public string HubHost => HubProxy.From(Hub)?.GetProxy(Hub.Endpoint) is { } proxy ? proxy.DnsSafeHost : Hub.Endpoint.DnsSafeHost;

    /// <summary>How many GPUs a server would use.</summary>
    public int GpuCount => Math.Min(Wish.GpuCount ?? Memory.Count, Memory.Count);

    /// <summary>Asks a program; null if it is not there, fails or takes too long.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<ProgramOutput?> AskAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        try
        {
            return await ProgramOutput.CaptureAsync(new ProcessStart { FileName = program, Arguments = arguments }, ProgramLimit, Time, cancel).ConfigureAwait(false);
        }
        catch (Exception absent) when (absent is TimeoutException or LlmOpsException)
        {
            return null;
        }
    }
}
