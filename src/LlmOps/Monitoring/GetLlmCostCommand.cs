using System.Management.Automation;
using LlmOps.Infrastructure;
using LlmOps.Providers;
using LlmOps.Renting;

namespace LlmOps.Monitoring;

/// <summary>Shows what rented rigs have cost, cost in an hour, and will have cost by their end.</summary>
/// <remarks>
/// <para>For machines that are gone, what the provider's billing says counts where it has one that can be asked; else, and while a machine runs, hours times price by the journal of this workstation. The journal also
/// knows what was removed long ago. Volumes and stopped machines are not counted: what they cost, their provider says.</para>
/// </remarks>
/// <example><para>See what each rig costs.</para><code>Get-LlmCost</code></example>
/// <example><para>See what each day has cost.</para><code>Get-LlmCost -By Day -Since (Get-Date).AddDays(-30)</code></example>
[Cmdlet(VerbsCommon.Get, "LlmCost")]
[OutputType(typeof(RigCost))]
public sealed class GetLlmCostCommand : RigCmdlet
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The rigs, also those that are gone: names or wildcards; without it, all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>What to add up by.</summary>
    [Parameter]
    public CostGrouping By { get; set; } = CostGrouping.Rig;

    /// <summary>Leaves out what began before.</summary>
    [Parameter]
    public DateTime Since { get; set; } = DateTime.MinValue;

    /// <summary>Asks no provider, and goes by the journal alone.</summary>
    [Parameter]
    public SwitchParameter Offline { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(CancellationToken cancel)
    {
        var patterns = Name.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase)).ToList();
        var rentals = Services.Journal.Read()
            .Where(rental => rental.IntendedAt.LocalDateTime >= Since && patterns.Exists(pattern => pattern.IsMatch(rental.Terms.RigName))).ToList();
        var billing = new Dictionary<string, decimal>();
        if (!Offline)
            foreach (var group in rentals.Where(rental => !rental.IsOpen && rental.Receipt is not { IsCostFromProvider: true }).GroupBy(rental => rental.Terms.Provider))
                foreach (var (machine, amount) in await BillingAsync(group.Key, group.Min(rental => rental.IntendedAt), cancel)) billing[machine] = amount;
        WriteObject(new CostReport(Services.Time).Of(rentals, billing, By), enumerateCollection: true);
    }

    private async Task<IReadOnlyDictionary<string, decimal>> BillingAsync(string provider, DateTimeOffset since, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        try
        {
            return await CostReport.ReadBillingAsync(Services.Accounts().Open(provider), since, limit.Token);
        }
        catch (Exception silent) when (silent is LlmOpsException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            WriteVerbose($"{provider} does not tell what was billed: {silent.Message}");
            return new Dictionary<string, decimal>();
        }
    }
}
