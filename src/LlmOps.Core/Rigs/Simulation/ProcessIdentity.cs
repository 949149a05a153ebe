using LlmOps.Processes;

namespace LlmOps.Rigs.Simulation;

/// <summary>A process that cannot be mistaken for a later one with the same id: the id and when it began.</summary>
/// <param name="Id">The process id.</param>
/// <param name="Began">When it began, in clock ticks since the machine started.</param>
/// <param name="Parent">The id of its parent.</param>
public sealed record ProcessIdentity(int Id, long Began, int Parent)
{
    /// <summary>The process of that id, or null if there is none or it is dead and only not yet collected.</summary>
    /// <param name="id">The process id.</param>
    public static ProcessIdentity? Of(int id) => ProcessTable.Find(id) is var (began, parent) ? new ProcessIdentity(id, began, parent) : null;

    /// <summary>All processes that live.</summary>
    public static IReadOnlyList<ProcessIdentity> All() => [.. ProcessTable.All().Select(Of).OfType<ProcessIdentity>()];

    /// <summary>True while this very process lives.</summary>
    public bool Lives() => Of(Id)?.Began == Began;
}
