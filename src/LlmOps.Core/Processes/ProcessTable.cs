using System.Globalization;
using System.Text;

namespace LlmOps.Processes;

/// <summary>What Linux says of the processes of this machine in <c>/proc</c> (proc(5)).</summary>
internal static class ProcessTable
{
    /// <summary>When a process began, in clock ticks since boot; null if it does not live. Together with its id it names a process for good.</summary>
    /// <param name="pid">The process id.</param>
    public static long? StartOf(int pid) => Stat(pid) is { IsZombie: false } found ? found.Start : null;

    /// <summary>The living processes of a group or session, and those that carry a variable in the environment they were started with.</summary>
    /// <param name="group">The id of the group and the session, or null.</param>
    /// <param name="variable">The variable as <c>NAME=value</c>.</param>
    public static IReadOnlyList<int> Members(int? group, string variable) =>
        [.. All().Where(pid => Stat(pid) is { IsZombie: false } found && ((group is not null && (found.Group == group || found.Session == group)) || Carries(pid, variable)))];

    private static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0);

    private static (int Group, int Session, long Start, bool IsZombie)? Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");

            // The name in parentheses may hold anything, also parentheses: the fields begin after the last one.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture),
                long.Parse(fields[19], CultureInfo.InvariantCulture), fields[0] is "Z" or "X");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Carries(int pid, string variable)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/environ")).Split('\0').Contains(variable);
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
