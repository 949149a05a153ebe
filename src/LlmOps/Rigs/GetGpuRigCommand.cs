using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>Lists the rigs that this workstation knows, and how those that are rented stand.</summary>
/// <remarks>
/// <para>For rented rigs their providers are asked, and the guards on them: whether the machine is there, what it has cost, and how much time and money is left until each of its ends. A provider or a guard
/// that does not answer within ten seconds is warned about, and what the journal knows is shown. A machine that has ended meanwhile is taken off the list. Rigs that are not rented are not asked.</para>
/// <para>Get-GpuMemory, Test-GpuRig and Get-LlmServer ask the rigs themselves.</para>
/// </remarks>
/// <example><para>List all rigs.</para><code>Get-GpuRig</code></example>
/// <example><para>See what ends a rented rig, and when.</para><code>(Get-GpuRig big).Rental.Status.Ends</code></example>
/// <example><para>Look at the memory of all rigs whose name begins with a40.</para><code>Get-GpuRig a40* | Get-GpuMemory</code></example>
[Cmdlet(VerbsCommon.Get, "GpuRig")]
[OutputType(typeof(GpuRig))]
public sealed class GetGpuRigCommand : RigCmdlet
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly List<GpuRig> _rigs = [];

    /// <summary>Names or wildcards; without it, all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Asks nobody, and shows what this workstation knows.</summary>
    [Parameter]
    public SwitchParameter Offline { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel)
    {
        _rigs.AddRange(Resolve(Name.Select(name => new RigArgument(name))));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancel)
    {
        if (Offline || _rigs.All(rig => rig.Rental is null))
        {
            WriteObject(_rigs, enumerateCollection: true);
            return;
        }

        using var progress = new ProgressLine(this, "Asking about rented rigs");
        progress.Report("Asking their providers");
        var providers = Services.Accounts();
        var warn = new Progress<string>(WriteWarning);
        WriteObject(await Services.RentedRigs(providers).LookAsync(_rigs, Limit, ((IProgress<string>)warn).Report, cancel), enumerateCollection: true);
        ResumeLost(providers, ((IProgress<string>)warn).Report);
    }

    /// <summary>A machine whose session ended before it was ready is made ready now, in the background.</summary>
    private static void ResumeLost(IProviderSource providers, Action<string> warn)
    {
        foreach (var rental in Services.Journal.Read())
            if (rental is { State: RentalState.Created, ReadyAt: null, Terms.ForBlock: false } && !Services.Reconciler.IsInHands(rental)) Services.Provisioner(providers).ResumeSoon(rental, warn);
    }
}
