using System.Security;
using LlmOps.Providers;

namespace LlmOps.Renting;

/// <summary>An order to a machine's agent to arm the guard.</summary>
/// <param name="rental">The rental.</param>
/// <param name="provider">Its provider.</param>
/// <param name="key">The key that the guard ends the machine with; null where the machine has one of its own.</param>
/// <param name="time">The clock.</param>
public sealed class GuardOrder(Rental rental, GpuProviderInfo provider, SecureString? key, TimeProvider time)
{
    /// <summary>The key that the guard ends the machine with; null where the machine has one of its own.</summary>
    public SecureString? Key => key;

    /// <summary>What the guard is to do, with the time that the machine has run until now: putting the agent on it may take minutes, and they count.</summary>
    public GuardSpec Spec() => new()
    {
        Provider = provider.Name,
        Address = provider.Address,
        MachineId = rental.MachineId!,
        Held = new GuardLimits(rental.Terms.Limits, rental.Terms.PricePerHour),
        RanBefore = rental.RunningTime(time.GetUtcNow()),
        ClockSpeed = rental.Terms.ClockSpeed,
    };

    /// <summary>The machine and its provider; never the key.</summary>
    public override string ToString() => $"guard of {rental.MachineId} at {provider.Name}";
}
