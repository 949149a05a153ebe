using LlmOps.Providers;
using LlmOps.Renting;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Core.Tests.Renting;

/// <summary>One process on a workstation: the real engine on the workstation's journal, with a life that may end at any step.</summary>
internal sealed class ChaosProcess : IProviderSource, IRigAccess
{
    private readonly Mortality _life;
    private readonly Random _random;
    private readonly double _faults;
    private readonly ChaosProvider _provider;
    private readonly LlmOpsHome _home;
    private readonly MortalTime _time;
    private readonly RigJournal _journal;
    private readonly RigProvisioner _provisioner;
    private readonly Func<JournalProcess, bool> _mayLive;

    public ChaosProcess(ChaosCloud cloud, VirtualTime time, Random random, Mortality life, LlmOpsHome home, int request, double faults, Func<JournalProcess, bool> mayLive)
    {
        _life = life;
        _random = random;
        _faults = faults;
        _home = home;
        _mayLive = mayLive;
        _time = new MortalTime(time, life);
        _provider = new ChaosProvider(cloud, time, random, life, request, faults);
        _journal = new RigJournal(home, _time, new JournalProcess("here", life.Id, DateTimeOffset.UnixEpoch));
        _provisioner = new RigProvisioner(this, _journal, new RigStore(home), this, home, _time);
    }

    public IReadOnlyList<string> Configured => [ChaosProvider.Name];

    /// <summary>Creates, waits, uses and removes, as Use-GpuRig does.</summary>
    public async Task UseAsync(string identityFile, TimeSpan use, CancellationToken cancel)
    {
        var request = new RentalRequest
        {
            RigName = "rig",
            Candidates = [ChaosProvider.Offer, ChaosProvider.Offer],
            IdentityFile = identityFile,
            ForBlock = true,
            Limits = new RentalLimits(TimeSpan.FromHours(8), TimeSpan.FromMinutes(30), 20),
        };
        try
        {
            var rig = await _provisioner.RentAsync(request, _ => { }, _ => { }, cancel).ConfigureAwait(false);
            try
            {
                await Task.Delay(use, _time, cancel).ConfigureAwait(false);
            }
            finally
            {
                await new RigTermination(_journal, _home, _time).EndAsync(_journal.Find(rig.Rental!.Id)!, _provider, null, null, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception ended) when (ended is LlmOpsException or OperationCanceledException)
        {
            await _provisioner.Unfinished.ConfigureAwait(false);
        }
    }

    /// <summary>Find-GpuOrphan | Remove-GpuRig, again and again until it went through.</summary>
    public async Task SweepAsync(bool anyOwner = false)
    {
        for (var rounds = 0; rounds < 20; rounds++)
        {
            try
            {
                var search = new OrphanSearch(_journal, new RigReconciler(_journal, new RigStore(_home), _home, _time, _mayLive), MachineName.OwnerOf(_home), _time);
                var termination = new RigTermination(_journal, _home, _time);
                await foreach (var orphan in search.FindAsync(_provider, anyOwner, CancellationToken.None).ConfigureAwait(false))
                {
                    if (orphan.Rental is { } rental) await termination.EndAsync(rental, _provider, null, null, CancellationToken.None).ConfigureAwait(false);
                    else if (await _provider.FindAsync(orphan.MachineId!, CancellationToken.None).ConfigureAwait(false) is { } machine) await termination.EndAsync(machine, _provider, null, CancellationToken.None).ConfigureAwait(false);
                }

                return;
            }
            catch (LlmOpsException)
            {
                // The person at the keyboard sees the error, and runs it again.
            }
        }
    }

    public IGpuProvider Open(string provider) => _provider;

    public System.Security.SecureString? KeyForMachine(GpuProviderInfo provider) => null;

    public async Task<RigReach> TryReachAsync(GpuRig rig, IReadOnlyList<string> otherUsers, CancellationToken cancel)
    {
        await StepAsync(cancel).ConfigureAwait(false);
        return _random.NextDouble() < _faults ? new RigReach(null, "refused") : new RigReach(rig, null);
    }

    public async Task<GpuRig> PrepareAsync(GpuRig rig, GuardOrder? guard, CancellationToken cancel)
    {
        await StepAsync(cancel).ConfigureAwait(false);
        return _random.NextDouble() < _faults ? throw RigErrors.ConnectionLost("rig") : rig;
    }

    public Task CloseAsync(GpuRig rig) => Task.CompletedTask;

    private async Task StepAsync(CancellationToken cancel)
    {
        _life.Step();
        await Task.Delay(TimeSpan.FromSeconds(1), _time, cancel).ConfigureAwait(false);
        _life.Step();
    }
}
