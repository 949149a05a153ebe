using LlmOps.Gpus;
using LlmOps.Hub;
using LlmOps.Preflight.Checks;
using LlmOps.Preflight.Collective;
using LlmOps.State;

namespace LlmOps.Preflight;

/// <summary>Checks the machine that it runs on, before anything is spent on it.</summary>
/// <param name="layout">Where LlmOps keeps its things.</param>
/// <param name="hub">Where models come from and are kept.</param>
/// <param name="time">The clock.</param>
public sealed class RigPreflight(RigLayout layout, HubEnvironment hub, TimeProvider time)
{
    /// <summary>All checks, in the order in which they are shown.</summary>
    private static readonly IRigCheck[] All =
    [
        new GpuCheck(), new DriverCheck(), new ComputeCapabilityCheck(), new ForeignProcessCheck(), new EccCheck(), new MigCheck(), new PowerCapCheck(), new ThrottlingCheck(),
        new PcieCheck(), new LinkCheck(), new CompilerCheck(), new PythonHeadersCheck(), new DiskCheck(), new SharedMemoryCheck(), new MemoryCheck(), new OpenFilesCheck(),
        new ClockCheck(), new NameResolutionCheck(), new HubCheck(), new CollectiveCheck(),
    ];

    /// <summary>The names of all checks.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(check => check.Name)];

    /// <summary>Makes the checks that a wish asks for, at the same time; the one that uses the GPUs comes after the others have looked at them.</summary>
    /// <param name="wish">What the machine is checked for.</param>
    /// <param name="cancel">Ends them.</param>
    public async Task<IReadOnlyList<RigCheck>> RunAsync(PreflightWish wish, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var survey = await new RigSurveyor(layout, hub, time).ReadAsync(wish, cancel).ConfigureAwait(false);
        var chosen = All.Where(check => (check.IsCheap || !wish.CheapOnly) && (wish.Collective || check is not CollectiveCheck)).ToList();
        var made = new List<RigCheck>();
        foreach (var part in new[] { chosen.Where(check => check is not CollectiveCheck), chosen.Where(check => check is CollectiveCheck) })
            made.AddRange((await Task.WhenAll(part.Select(check => RunAsync(check, survey, cancel))).ConfigureAwait(false)).OfType<RigCheck>());
        return made;
    }

    private static async Task<RigCheck?> RunAsync(IRigCheck check, RigSurvey survey, CancellationToken cancel) =>
        await check.RunAsync(survey, cancel).ConfigureAwait(false) is { } found
            ? new RigCheck { Name = check.Name, Verdict = found.Verdict, Seen = found.Seen, Remedy = found.Remedy, Evidence = found.Evidence.TrimEnd() }
            : null;
}
