using System.Globalization;
using LlmOps.Processes;

namespace LlmOps.Rigs.Simulation;

/// <summary>
/// The processes of a rehearsal rig: those recorded in its folder, those that carry its folder in their environment, and what these started.
/// An sshd overwrites its environment with its title, so it is found by its record, and its sessions as its children.
/// </summary>
/// <param name="folder">The rig's folder.</param>
public sealed class SimulatedRigProcesses(SimulatedRigFolder folder)
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Writes down a long-lived process of the rig.</summary>
    /// <param name="id">The process id.</param>
    /// <param name="name">What it is, such as <c>sshd</c>.</param>
    public void Record(int id, string name)
    {
        if (ProcessIdentity.Of(id) is not { } process) return;
        Directory.CreateDirectory(folder.Processes);
        File.WriteAllText(Path.Join(folder.Processes, name), string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.Began}"));
    }

    /// <summary>The recorded process of that name, if it lives.</summary>
    /// <param name="name">Such as <c>sshd</c>.</param>
    public ProcessIdentity? Find(string name)
    {
        try
        {
            return File.ReadAllText(Path.Join(folder.Processes, name)).Split(' ') is [var id, var began]
                && ProcessIdentity.Of(int.Parse(id, CultureInfo.InvariantCulture)) is { } process
                && process.Began == long.Parse(began, CultureInfo.InvariantCulture)
                ? process
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>All processes of the rig that live, without the asking process.</summary>
    /// <param name="ancestorsToo">False leaves out the asking process' ancestors, too.</param>
    public IReadOnlyList<ProcessIdentity> All(bool ancestorsToo = false)
    {
        var living = ProcessIdentity.All().ToDictionary(process => process.Id);
        var recorded = Directory.Exists(folder.Processes) ? Directory.EnumerateFiles(folder.Processes).Select(file => Find(Path.GetFileName(file))) : [];
        var found = recorded.OfType<ProcessIdentity>().Concat(living.Values.Where(IsMarked)).Select(process => process.Id).ToHashSet();
        while (living.Values.Where(process => found.Contains(process.Parent) && !found.Contains(process.Id)).ToList() is { Count: > 0 } children)
            found.UnionWith(children.Select(child => child.Id));
        for (var self = living.GetValueOrDefault(Environment.ProcessId); self is not null; self = ancestorsToo ? null : living.GetValueOrDefault(self.Parent)) found.Remove(self.Id);
        return [.. found.Select(id => living.GetValueOrDefault(id)).OfType<ProcessIdentity>()];
    }

    /// <summary>The sessions of the rig's SSH server.</summary>
    public IReadOnlyList<ProcessIdentity> SshSessions() =>
        Find("sshd") is { } sshd ? [.. ProcessIdentity.All().Where(process => process.Parent == sshd.Id)] : [];

    /// <summary>Ends a process at once.</summary>
    /// <param name="process">The process.</param>
    public static void Kill(ProcessIdentity process)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (process.Lives()) PosixSpawn.Kill(process.Id, PosixSpawn.SigKill);
    }

    /// <summary>Ends all processes of the rig: SIGTERM, then SIGKILL, until none is left.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <param name="ancestorsToo">True where a process of the rig itself ends the rig: its way in ends with it.</param>
    /// <exception cref="LlmOpsException"><c>SimulatedRigNotEnded</c>.</exception>
    public async Task EndAsync(TimeProvider time, CancellationToken cancel, bool ancestorsToo = false)
    {
        ArgumentNullException.ThrowIfNull(time);
        var began = time.GetTimestamp();
        var signal = PosixSpawn.SigTerm;
        var quietRounds = 0;
        while (quietRounds < 2) // a process may have been starting another one while the first look was taken
        {
            var living = All(ancestorsToo);
            quietRounds = living.Count == 0 ? quietRounds + 1 : 0;
            foreach (var process in living.Where(process => process.Lives())) PosixSpawn.Kill(process.Id, signal);
            var elapsed = time.GetElapsedTime(began);
            if (elapsed > Limit) throw SimulatorErrors.NotEnded(folder.Path, living.Select(process => process.Id));
            if (elapsed > Grace) signal = PosixSpawn.SigKill;
            if (living.Count > 0) await Task.Delay(TimeSpan.FromMilliseconds(30), time, cancel).ConfigureAwait(false);
        }
    }

    private bool IsMarked(ProcessIdentity process) => ProcessTable.Carries(process.Id, $"{SimulatedRigFolder.Variable}={folder.Path}");
}
