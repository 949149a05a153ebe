using System.Management.Automation;
using System.Security;
using LlmOps.Engines;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Renting;
using LlmOps.Rigs.Simulation;

namespace LlmOps.Rigs;

/// <summary>Ends rented rigs and writes their receipts, ends simulated ones, and forgets attached ones.</summary>
/// <remarks>
/// <para>A rented machine is ended at its provider, and what is on its own disk is lost; a volume stays, and bills. Its servers may finish what they answer for -DrainSeconds. The command returns once the provider
/// has said by two ways that the machine is gone; a refusal is tried again for 20 minutes. The receipt says what it cost and what still bills. Ctrl+C leaves the wait; the end goes on being asked for, and the
/// journal remembers that it is wanted.</para>
/// <para>A machine that was attached by SSH stays as it is: it goes on running, with all that runs on it, and goes on being billed by whoever
/// owns it. Stop its servers first with Stop-LlmServer. A simulated rig is ended: its processes, its ports and its folder are gone afterwards.</para>
/// <para>Tunnels that lead to the rig, and to no other, end with it.</para>
/// </remarks>
/// <example><para>End a rented rig.</para><code>Remove-GpuRig big</code></example>
/// <example><para>End all that is rented, at once.</para><code>Remove-GpuRig -All</code></example>
/// <example><para>End what nobody looks after any more.</para><code>Find-GpuOrphan | Remove-GpuRig</code></example>
/// <example><para>End all simulated rigs.</para><code>Get-GpuRig | Where-Object IsSimulated | Remove-GpuRig</code></example>
[Cmdlet(VerbsCommon.Remove, "GpuRig", SupportsShouldProcess = true, DefaultParameterSetName = RigSet)]
[OutputType(typeof(RigReceipt))]
public sealed class RemoveGpuRigCommand : RigCmdlet
{
    private const string RigSet = "Rig";
    private const string OrphanSet = "Orphan";
    private const string AllSet = "All";

    private static readonly TimeSpan ReachLimit = TimeSpan.FromSeconds(15);

    private readonly List<(string Provider, Func<CancellationToken, Task> RunAsync)> _ends = []; // begun together in the end: what begins with one input can't go on once that input is done
    private ProviderSource? _providers;

    /// <summary>The rigs: names, wildcards or objects.</summary>
    [Parameter(ParameterSetName = RigSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[] Rig { get; set; } = [];

    /// <summary>Machines that nobody looks after, as Find-GpuOrphan brings them.</summary>
    [Parameter(ParameterSetName = OrphanSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public RigOrphan[] Orphan { get; set; } = [];

    /// <summary>Ends all rented rigs of this workstation, also those that are not ready yet.</summary>
    [Parameter(ParameterSetName = AllSet, Mandatory = true)]
    public SwitchParameter All { get; set; }

    /// <summary>How long the servers of a rented rig may finish what they are answering.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public int DrainSeconds { get; set; } = 5;

    /// <summary>The provider's API key; without it, the one in the provider's usual variable or in the file of its own program.</summary>
    [Parameter]
    [SecureStringTransformation]
    public SecureString? ApiKey { get; set; }

    private ProviderSource Providers => _providers ??= Services.Accounts(ApiKey);

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        foreach (var orphan in Orphan)
            if (ShouldProcess($"{orphan}", $"End machine at {orphan.Provider}")) _ends.Add((orphan.Provider, stop => EndAsync(orphan, stop)));
        var rigs = All ? [.. Resolve([new RigArgument("*")]).Where(rig => rig.Rental is not null)] : Resolve(Rig);
        foreach (var rig in rigs.DistinctBy(rig => rig.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (rig.Rental is { } rental)
            {
                if (ShouldProcess(rig.Label, $"End rented machine ({rental}; what is on its own disk is lost)")) _ends.Add((rental.Provider, stop => EndAsync(rig, rental, stop)));
            }
            else if (ShouldProcess(rig.Label, rig.IsSimulated ? "End simulated rig" : "Forget rig (the machine stays as it is)"))
            {
                await ForgetAsync(rig);
            }
        }
    }

    /// <inheritdoc/>
    protected override Task EndAsync(CancellationToken cancel)
    {
        Providers.CheckKey(_ends.Select(end => end.Provider));
        return Task.WhenAll(_ends.Select(end => end.RunAsync(cancel)));
    }

    private async Task ForgetAsync(GpuRig rig)
    {
        await LeaveAsync(rig);
        if (rig.IsSimulated) await new SimulatedRigHost(Services.Time).DestroyAsync(rig);
        Services.Rigs.Remove(rig.Name);
        if (rig.Kind == RigKind.Ssh)
            WriteWarning($"Rig '{rig.Name}' is forgotten here. The machine {rig.Ssh} itself still runs, and is billed by whoever owns it.");
    }

    private async Task EndAsync(GpuRig rig, RigRental kept, CancellationToken cancel)
    {
        try
        {
            using var progress = new ProgressLine(this, $"Ending rig {rig.Name}");
            var rental = Services.Journal.Find(kept.Id) ?? throw RigErrors.NotFound(rig.Name);
            await FinishAsync(rental, async () =>
            {
                if (DrainSeconds > 0 && rig.Ssh is not null && kept.Status?.State != RentalState.Stopped) await DrainAsync(rig, progress, cancel);
                await LeaveAsync(rig).WaitAsync(cancel);
            }, progress, cancel);
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(failure.OnRig(rig));
        }
    }

    private async Task EndAsync(RigOrphan orphan, CancellationToken cancel)
    {
        try
        {
            using var progress = new ProgressLine(this, $"Ending {orphan}");
            if (orphan.RigName is not null && MachineName.Parse(orphan.Name) is { } name && Services.Journal.Find(name.Rental) is { IsOpen: true } rental)
            {
                await FinishAsync(rental, () => Task.CompletedTask, progress, cancel);
                return;
            }

            var provider = Providers.Open(orphan.Provider);
            var report = Report(progress);
            if (orphan.MachineId is { } id && await provider.FindAsync(id, cancel) is { } machine) WriteObject(await Services.Termination.EndAsync(machine, provider, report, cancel));
        }
        catch (LlmOpsException failure)
        {
            WriteFailure(failure);
        }
    }

    /// <summary>The end itself, and what goes before it. Whoever stops waiting does not stop it.</summary>
    private async Task FinishAsync(Rental rental, Func<Task> before, ProgressLine progress, CancellationToken cancel)
    {
        var provider = Providers.Open(rental.Terms.Provider);
        try
        {
            await before();
            var receipt = await Services.Termination.EndAsync(rental, provider, null, Report(progress), cancel);
            Services.Rigs.Remove(rental);
            WriteObject(receipt);
        }
        catch (Exception stopped) when (stopped is OperationCanceledException || cancel.IsCancellationRequested)
        {
            _ = Services.Provisioner(Providers).EndSoonAsync(rental, "Waiting for its end was stopped.");
            throw;
        }
    }

    private static Action<string> Report(ProgressLine progress) => ((IProgress<string>)new Progress<string>(text => progress.Report(text))).Report;

    /// <summary>Lets the servers finish what they answer. A rig that can't be reached in time is ended all the same.</summary>
    private async Task DrainAsync(GpuRig rig, ProgressLine progress, CancellationToken cancel)
    {
        progress.Report("Letting its servers finish");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ReachLimit + TimeSpan.FromSeconds(DrainSeconds));
        try
        {
            var connection = Services.Connections.Get(rig);
            var servers = await connection.InvokeAsync(ServerOperations.List, Protocol.Nothing.Value, limit.Token);
            var running = servers.Where(server => server.State is not (LlmServerState.Stopped or LlmServerState.Failed));
            await Task.WhenAll(running.Select(server => connection.InvokeAsync(ServerOperations.Stop, new ServerStopArgs(server.Name, null, DrainSeconds), limit.Token)));
        }
        catch (Exception unreachable) when (unreachable is LlmOpsException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            WriteVerbose($"The servers of '{rig.Name}' could not be drained: {unreachable.Message}");
        }
    }
}
