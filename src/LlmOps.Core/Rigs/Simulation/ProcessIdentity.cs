using System.Globalization;

namespace LlmOps.Rigs.Simulation;

/// <summary>A process that cannot be mistaken for a later one with the same id: the id and when it began, from <c>/proc/PID/stat</c> (proc(5)).</summary>
/// <param name="Id">The process id.</param>
/// <param name="Began">When it began, in clock ticks since the machine started.</param>
/// <param name="Parent">The id of its parent.</param>
public sealed record ProcessIdentity(int Id, long Began, int Parent)
{
    /// <summary>The process of that id, or null if there is none or it is dead and only not yet collected.</summary>
    /// <param name="id">The process id.</param>
    public static ProcessIdentity? Of(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X"
                ? null
                : new ProcessIdentity(id, long.Parse(fields[19], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>All processes that live.</summary>
    public static IReadOnlyList<ProcessIdentity> All() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _))
            .Select(name => Of(int.Parse(name!, CultureInfo.InvariantCulture))).OfType<ProcessIdentity>()];

    /// <summary>True while this very process lives.</summary>
    public bool Lives() => Of(Id)?.Began == Began;
}
