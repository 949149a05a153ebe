using System.Management.Automation;
using System.Security;
using LlmOps.Infrastructure;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>Finds rented machines that bill although nobody looks after them.</summary>
/// <remarks>
/// <para>All accounts that this workstation has a key for, or rents from, are searched for machines with LlmOps' names: those that the journal does not know, that were never ready because whoever asked for them was gone, whose script
/// block is over, whose end was not confirmed, or that should have ended long ago. A machine that was asked for just before a crash may be listed late; it is waited for.</para>
/// <para>Only machines that this workstation has rented are brought; -AnyOwner brings those of all workstations, for whoever has lost one: look at them before they are piped on. To share machines between workstations,
/// set LLMOPS_OWNER to the same eight characters on each.</para>
/// </remarks>
/// <example><para>See what nobody looks after.</para><code>Find-GpuOrphan</code></example>
/// <example><para>End it.</para><code>Find-GpuOrphan | Remove-GpuRig</code></example>
/// <example><para>Look from another workstation for what a lost one has left.</para><code>Find-GpuOrphan -AnyOwner | Format-Table Name, Owner, Provider, CreatedAt, PricePerHour</code></example>
[Cmdlet(VerbsCommon.Find, "GpuOrphan")]
[OutputType(typeof(RigOrphan))]
public sealed class FindGpuOrphanCommand : RigCmdlet
{
    /// <summary>The providers: names or wildcards; without it, all that there is a key for.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GpuProviderCompleter))]
    public string[] Provider { get; set; } = ["*"];

    /// <summary>Brings the machines of all owners, of which this workstation can't say whether somebody looks after them.</summary>
    [Parameter]
    public SwitchParameter AnyOwner { get; set; }

    /// <summary>The provider's API key; without it, the one in the provider's usual variable or in the file of its own program.</summary>
    [Parameter]
    [SecureStringTransformation]
    public SecureString? ApiKey { get; set; }

    /// <inheritdoc/>
    protected override async Task EndAsync(CancellationToken cancel)
    {
        var providers = Services.Accounts(ApiKey);
        var search = new OrphanSearch(Services.Journal, Services.Reconciler, MachineName.OwnerOf(Services.Home), Services.Time);
        using var progress = new ProgressLine(this, "Looking for machines that nobody looks after");
        foreach (var name in Meant(providers))
        {
            progress.Report($"Asking {name}");
            try
            {
                await foreach (var orphan in search.FindAsync(providers.Open(name), AnyOwner, cancel)) WriteObject(orphan);
            }
            catch (LlmOpsException failure)
            {
                WriteFailure(failure);
            }
        }
    }

    /// <summary>The providers to ask. One that something is rented from is meant also where its key is missing: that is an error then, and not silence.</summary>
    private List<string> Meant(ProviderSource providers)
    {
        var known = providers.Configured.Concat(Services.Journal.Read().Where(rental => rental.IsOpen).Select(rental => rental.Terms.Provider)).Distinct().ToList();
        var meant = Provider.SelectMany(name => WildcardPattern.ContainsWildcardCharacters(name) ? known.Where(new WildcardPattern(name, WildcardOptions.IgnoreCase).IsMatch) : [name])
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (ApiKey is not null && meant.Count == 0) throw ProviderErrors.KeyNeedsOneProvider(0);
        providers.CheckKey(meant);
        return meant;
    }
}
