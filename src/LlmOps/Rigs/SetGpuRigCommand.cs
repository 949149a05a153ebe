using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Protocol.Operations;
using LlmOps.Providers;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>Changes what ends rented rigs: how long they may exist, how long they may go unused, what they may cost.</summary>
/// <remarks>
/// <para>The guard on the machine takes the new limits at once, also while it already tries to end the machine; the provider's own expiry is set anew where it has one, and read back. Times and money count from
/// the beginning of the rig: -MaxDuration 12h lets a rig that is 7 h old live 5 h more. Where the guard can't be reached, nothing is changed.</para>
/// </remarks>
/// <example><para>Let a rig live for 12 hours in all, and cost 30 dollars in all.</para><code>Set-GpuRig big -MaxDuration 12h -Budget 30</code></example>
/// <example><para>Let a rig go unused over lunch.</para><code>Set-GpuRig big -IdleTimeout 2h -PassThru</code></example>
[Cmdlet(VerbsCommon.Set, "GpuRig", SupportsShouldProcess = true)]
[OutputType(typeof(GpuRig))]
public sealed class SetGpuRigCommand : RentedRigCmdlet
{
    /// <summary>How long the machine may exist in all, such as 12h.</summary>
    [Parameter]
    [Duration]
    public TimeSpan MaxDuration { get; set; }

    /// <summary>How long the machine may go unused, such as 2h; 0 is for ever.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>The most that the machine may cost in all, in US dollars; 0 is no such limit.</summary>
    [Parameter]
    [ValidateRange(0.0, 1000000.0)]
    public decimal? Budget { get; set; }

    /// <summary>Writes the rigs.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(CancellationToken cancel) => ForEachAsync(async (rig, rental, provider) =>
    {
        var limits = Change(rental.Terms.Limits);
        if (limits.LongestAt(rental.Terms.PricePerHour) <= rental.RunningTime(Services.Time.GetUtcNow()))
            throw RentalErrors.LimitInvalid($"Rig '{rig.Name}' has run longer or cost more than that already.", $"End it with Remove-GpuRig '{rig.Name}', or give more.");
        if (!ShouldProcess(rig.Label, $"Set limits: {limits}; at most ${limits.CeilingAt(rental.Terms.PricePerHour):0.00}")) return;
        using var progress = new ProgressLine(this, $"Changing the limits of rig {rig.Name}");
        progress.Report("Telling the guard on the machine");
        if (rental.Terms.Guarded)
        {
            var connection = await ConnectAsync(rig, cancel);
            await connection.InvokeAsync(GuardOperations.Set, new GuardSetArgs(new GuardLimits(limits, rental.Terms.PricePerHour)), null, cancel);
        }

        var terms = rental.Terms with { Limits = limits };
        Services.Journal.Append(rental.Id, RentalEvent.Changed, entry => entry with { Terms = terms });
        if (provider is IServerExpiry) terms = await ExtendAtProviderAsync(rental with { Terms = terms }, provider, cancel);
        var changed = rig with { Rental = rig.Rental! with { Limits = limits, ProviderExpiry = terms.ProviderExpiry } };
        Services.Rigs.Save(changed);
        if (PassThru) WriteObject(changed);
    });

    private RentalLimits Change(RentalLimits now) => new(
        MaxDuration > TimeSpan.Zero ? MaxDuration : now.MaxDuration,
        IdleTimeout is { } idle ? idle > TimeSpan.Zero ? idle : null : now.IdleTimeout,
        Budget is { } most ? most > 0 ? most : null : now.Budget);

    private async Task<RentalTerms> ExtendAtProviderAsync(Rental rental, IGpuProvider provider, CancellationToken cancel)
    {
        var terms = rental.Terms with { ProviderExpiry = await ProviderExpiry.SetAsync(provider, rental, Services.Time, cancel) };
        Services.Journal.Append(rental.Id, RentalEvent.Changed, entry => entry with { Terms = terms });
        if (terms.ProviderExpiry is null) WriteWarning($"{provider.Info.Name} does not confirm when it will end the machine of '{terms.RigName}'; its guard ends it.");
        return terms;
    }
}
