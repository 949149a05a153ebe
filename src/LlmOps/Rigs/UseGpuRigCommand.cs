using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>Rents a rig for the length of a script block, and ends it afterwards: on success, error and Ctrl+C alike.</summary>
/// <remarks>
/// <para>The script block gets the rig as $_; what it writes is written on as it comes. However it ends, the machine is ended, and its receipt is shown as a message. If the session itself is killed,
/// the machine's own ends hold: its age, its budget, its idleness; and Find-GpuOrphan knows that its block is over.</para>
/// </remarks>
/// <example><para>Ask a model one question on a rented machine.</para><code>Use-GpuRig { $_ | Get-HfModel Qwen/Qwen2.5-7B-Instruct | Start-VllmServer | Invoke-LlmChat 'Hello' } -Provider RunPod -Gpu A40 -Budget 5</code></example>
/// <example><para>Rehearse it.</para><code>Use-GpuRig { $_ | Get-GpuMemory } -Provider Simulated -Gpu A40 -Speed 60</code></example>
[Cmdlet("Use", "GpuRig", SupportsShouldProcess = true, DefaultParameterSetName = WishSet)]
[OutputType(typeof(object))]
public sealed class UseGpuRigCommand : RentalCmdlet
{
    /// <summary>What to do with the rig.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    private protected override bool IsForBlock => true;

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel)
    {
        CollectOffers();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancel)
    {
        var providers = Services.Accounts(ApiKey, Speed);
        if (await RentAsync(providers, cancel) is not { } rig) return;
        var stopped = false;
        try
        {
            Run(rig);
        }
        catch (PipelineStoppedException)
        {
            stopped = true; // the block hears of Ctrl+C before this cmdlet does
            throw;
        }
        finally
        {
            await EndAsync(rig, providers, stopped || cancel.IsCancellationRequested);
        }
    }

    /// <summary>A steppable pipeline writes straight on, so that what the block writes is not held back until it is over.</summary>
    private void Run(GpuRig rig)
    {
        using var pipeline = ScriptBlock.Create("param($Block, $Rig) ForEach-Object -InputObject $Rig -Process $Block").GetSteppablePipeline(MyInvocation.CommandOrigin, [ScriptBlock, rig]);
        pipeline.Begin(this);
        pipeline.Process();
        pipeline.End();
    }

    private async Task EndAsync(GpuRig rig, IProviderSource providers, bool stopped)
    {
        var rental = Services.Journal.Find(rig.Rental!.Id) is { IsOpen: true } open ? open : null;
        var ending = stopped && rental is not null ? Services.Provisioner(providers).EndSoonAsync(rental, "Its script block was stopped.") : Task.CompletedTask; // first of all: little time is left
        await Task.WhenAll(ending, LeaveAsync(rig));
        if (stopped || rental is null) return;
        using var progress = new ProgressLine(this, $"Ending rig {rig.Name}");
        var report = new Progress<string>(text => progress.Report(text));
        var receipt = await Services.Termination.EndAsync(rental, providers.Open(rental.Terms.Provider), null, ((IProgress<string>)report).Report, CancellationToken.None);
        Services.Rigs.Remove(rental);
        WriteInformation(new HostInformationMessage { Message = $"{receipt}" }, ["PSHOST", "RigReceipt"]);
    }
}
