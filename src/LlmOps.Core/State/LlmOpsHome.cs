namespace LlmOps.State;

/// <summary>The folder that LlmOps keeps on the workstation: <c>LLMOPS_HOME</c>, else <c>llmops</c> in the platform's local application data.</summary>
/// <param name="folder">The folder.</param>
public sealed class LlmOpsHome(string folder)
{
    /// <summary>The folder itself.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>The connection profiles, one file a rig.</summary>
    public string Rigs => Path.Join(Folder, "rigs");

    /// <summary>The host keys that were accepted for rigs, in OpenSSH's format.</summary>
    public string KnownHosts => Path.Join(Folder, "known_hosts");

    /// <summary>What engines have printed about their memory.</summary>
    public string Fits => Path.Join(Folder, "fits");

    /// <summary>The rehearsal rigs, one folder each.</summary>
    public string Simulated => Path.Join(Folder, "simulated");

    /// <summary>What engines of a rig have printed about their memory; what a simulated one prints is kept apart.</summary>
    /// <param name="rig">The rig.</param>
    public string FitsOf(LlmOps.Rigs.GpuRig rig)
    {
        ArgumentNullException.ThrowIfNull(rig);
        return rig.IsSimulated ? Path.Join(Folder, "simulated-fits") : Fits;
    }

    /// <summary>What was rented or was about to be: <see cref="Renting.RigJournal"/>.</summary>
    public string Journal => Path.Join(Folder, "journal.jsonl");

    /// <summary>Whose machines are rented here: <see cref="Renting.MachineName"/>.</summary>
    public string Owner => Path.Join(Folder, "owner");

    /// <summary>The SSH keys that were made for rented machines, and the host keys that are pinned for them.</summary>
    public string Keys => Path.Join(Folder, "keys");

    /// <summary>The account at the simulated provider.</summary>
    public string SimulatedAccount => Path.Join(Folder, "simulated-account");

    /// <summary>The folder that the environment names, or the platform's.</summary>
    public static LlmOpsHome FromEnvironment() =>
        new(Environment.GetEnvironmentVariable("LLMOPS_HOME") is { Length: > 0 } named
            ? named
            : Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "llmops"));
}
