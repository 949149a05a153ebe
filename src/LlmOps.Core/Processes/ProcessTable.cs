using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LlmOps.Processes;

/// <summary>What Linux says of the processes of this machine in <c>/proc</c> (proc(5)).</summary>
internal static class ProcessTable
{
    /// <summary>The processes of this machine, also those that are dead and only not yet collected.</summary>
    public static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0);

    /// <summary>When a process began, in clock ticks since boot; null if it does not live. Together with its id it names a process for good.</summary>
    /// <param name="pid">The process id.</param>
    public static long? StartOf(int pid) => Find(pid)?.Start;

    /// <summary>When a process began and who started it; null if it does not live.</summary>
    /// <param name="pid">The process id.</param>
    public static (long Start, int Parent)? Find(int pid) => Stat(pid) is { IsZombie: false } found ? (found.Start, found.Parent) : null;

    /// <summary>True of a process that has ended, also where it is not collected by whoever started it: the first process of a container may collect none.</summary>
    /// <param name="process">The process.</param>
    public static bool HasEnded(Process process) => process.HasExited || Stat(process.Id) is { IsZombie: true };

    /// <summary>The living processes of a group or session, and those that carry a variable in the environment they were started with.</summary>
    /// <param name="group">The id of the group and the session, or null.</param>
    /// <param name="variable">The variable as <c>NAME=value</c>.</param>
    public static IReadOnlyList<int> Members(int? group, string variable) =>
        [.. All().Where(pid => Stat(pid) is { IsZombie: false } found && ((group is not null && (found.Group == group || found.Session == group)) || Carries(pid, variable)))];

    /// <summary>The living processes that a process of one of these names has started, without those that are of such a name themselves.</summary>
    /// <param name="names">The names, as the kernel keeps them: 15 characters at the most.</param>
    public static IReadOnlyList<int> StartedBy(params string[] names)
    {
        var living = All().Select(pid => (Pid: pid, Stat: Stat(pid))).Where(process => process.Stat is { IsZombie: false }).ToDictionary(process => process.Pid, process => process.Stat!.Value);
        return [.. living.Where(process => !names.Contains(process.Value.Name) && living.TryGetValue(process.Value.Parent, out var parent) && names.Contains(parent.Name)).Select(process => process.Key)];
    }

    /// <summary>The command line of a process, its arguments separated by blanks; empty if it is gone.</summary>
    /// <param name="pid">The process id.</param>
    public static string CommandLine(int pid) => Text($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim();

    /// <summary>The value of a variable in the environment that a process was started with; null if it has none or may not be looked at.</summary>
    /// <param name="pid">The process id.</param>
    /// <param name="name">The variable.</param>
    public static string? Variable(int pid, string name) =>
        Text($"/proc/{pid}/environ").Split('\0').FirstOrDefault(entry => entry.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <summary>True of a process that was started with a variable; false also if it may not be looked at.</summary>
    /// <param name="pid">The process id.</param>
    /// <param name="variable">The variable as <c>NAME=value</c>.</param>
    public static bool Carries(int pid, string variable) => Text($"/proc/{pid}/environ").Split('\0').Contains(variable);

    private static (string Name, int Parent, int Group, int Session, long Start, bool IsZombie)? Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");

            // The name in parentheses may hold anything, also parentheses: the fields begin after the last one.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var name = text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..text.LastIndexOf(')')];
            return (name, int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture),
                long.Parse(fields[19], CultureInfo.InvariantCulture), fields[0] is "Z" or "X");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Text(string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(file));
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
