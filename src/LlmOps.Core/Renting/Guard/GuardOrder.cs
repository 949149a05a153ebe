using System.Security;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>An order to a machine's agent to arm the guard.</summary>
/// <param name="Spec">What it is to do.</param>
/// <param name="Key">The key that it ends the machine with; null where the machine has one of its own.</param>
public sealed record GuardOrder(GuardSpec Spec, SecureString? Key)
{
    /// <summary>The order for a rental.</summary>
    /// <param name="rental">The rental.</param>
    /// <param name="provider">Its provider.</param>
    /// <param name="key">The key to use; null takes the machine's own where it has one.</param>
    /// <param name="now">The moment.</param>
    internal static GuardOrder For(Rental rental, GpuProviderInfo provider, SecureString? key, DateTimeOffset now) => new(
        new GuardSpec
        {
            Provider = provider.Name, Address = provider.Address, MachineId = rental.MachineId!, Held = new GuardLimits(rental.Terms.Limits, rental.Terms.PricePerHour),
            RanBefore = rental.RunningTime(now), ClockSpeed = rental.Terms.ClockSpeed,
        }, key);

    /// <summary>The provider; never the key.</summary>
    public override string ToString() => $"guard of {Spec.MachineId} at {Spec.Provider}";
}
