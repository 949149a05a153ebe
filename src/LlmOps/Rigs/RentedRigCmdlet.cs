using System.Management.Automation;
using System.Security;
using LlmOps.Infrastructure;
using LlmOps.Providers;
using LlmOps.Renting;

namespace LlmOps.Rigs;

/// <summary>A cmdlet that works on rented rigs through their providers.</summary>
public abstract class RentedRigCmdlet : RigCmdlet
{
    private ProviderSource? _providers;

    /// <summary>The rented rigs: names, wildcards or objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RigNameCompleter))]
    public RigArgument[] Rig { get; set; } = [];

    /// <summary>The provider's API key; without it, the one in the provider's usual variable or in the file of its own program.</summary>
    [Parameter]
    [SecureStringTransformation]
    public SecureString? ApiKey { get; set; }

    private protected ProviderSource Providers => _providers ??= Services.Accounts(ApiKey);

    /// <summary>Works on each rig that is rented; one that is not is an error, and the rest go on.</summary>
    private protected async Task ForEachAsync(Func<GpuRig, Rental, IGpuProvider, Task> work)
    {
        var rigs = Resolve(Rig);
        Providers.CheckKey(rigs.Select(rig => rig.Rental?.Provider).OfType<string>());
        foreach (var rig in rigs)
        {
            try
            {
                var rental = rig.Rental is { } kept && Services.Journal.Find(kept.Id) is { IsOpen: true } open ? open : throw RentalErrors.NotRented(rig.Name);
                await work(rig, rental, Providers.Open(rental.Terms.Provider));
            }
            catch (LlmOpsException failure)
            {
                WriteFailure(failure.OnRig(rig));
            }
        }
    }

    /// <summary>Undoes what a cmdlet began and could not end; false if that fails. On a thread of its own, since Ctrl+C leaves the cmdlet's after some seconds.</summary>
    private protected static Task<bool> TryUndoAsync(TimeSpan limit, Func<CancellationToken, Task> undo) => Task.Run(async () =>
    {
        using var late = new CancellationTokenSource(limit);
        try
        {
            await undo(late.Token);
            return true;
        }
        catch (Exception failure) when (failure is LlmOpsException or OperationCanceledException)
        {
            return false;
        }
    });

    private protected IStopStart StopStartOf(IGpuProvider provider) => provider as IStopStart
        ?? throw ProviderErrors.Unsupported(provider.Info.Name, "stop and start machines", "End the machine with Remove-GpuRig, and rent another with New-GpuRig; keep models on a volume where there is one.");
}
