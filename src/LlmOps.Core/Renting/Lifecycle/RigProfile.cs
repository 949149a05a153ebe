using LlmOps.Providers;
using LlmOps.Rigs;
using LlmOps.State;

namespace LlmOps.Renting;

/// <summary>Makes the connection profile of a rented machine of what its provider says.</summary>
internal static class RigProfile
{
    /// <summary>The profile.</summary>
    /// <param name="rental">The rental.</param>
    /// <param name="machine">The machine as it is now.</param>
    /// <param name="provider">Its account.</param>
    /// <param name="home">Where keys are kept.</param>
    public static GpuRig Of(Rental rental, RentedMachine machine, IGpuProvider provider, LlmOpsHome home)
    {
        var terms = rental.Terms;
        var simulated = provider as ISimulatedMachines;
        return new GpuRig
        {
            Name = terms.RigName,
            Kind = simulated is null ? RigKind.Ssh : RigKind.Simulated,
            Ssh = machine.Ssh is not { } server ? null : new SshDestination
            {
                HostName = server.Host,
                Port = server.Port,
                UserName = server.User,
                IdentityFile = terms.IdentityFile is { } key ? [key] : [],
                KnownHostsFile = RentalKey.KnownHosts(home, rental.Id),
                ConfigFile = "none",
            },
            Simulation = simulated?.SimulationOf(machine.Id),
            CreatedAt = rental.CreatedAt ?? rental.IntendedAt,
            Gpu = terms.Gpu,
            GpuCount = terms.GpuCount,
            Rental = RigRental.Of(rental),
        };
    }
}
