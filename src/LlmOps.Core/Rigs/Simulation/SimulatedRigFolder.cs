namespace LlmOps.Rigs.Simulation;

/// <summary>Where things lie in the folder that is a rehearsal rig.</summary>
/// <param name="path">The folder.</param>
public sealed class SimulatedRigFolder(string path)
{
    /// <summary>The variable that every process of a rehearsal rig carries: the rig's folder.</summary>
    public const string Variable = "LLMOPS_SIMULATED_RIG";

    /// <summary>The folder itself.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>What the rig is: <see cref="SimulatedRigState"/>.</summary>
    public string StateFile => Join("rig.json");

    /// <summary>The rig's programs.</summary>
    public string Bin => Join("bin");

    /// <summary>The home folder of the rig's user.</summary>
    public string Home => Join("home");

    /// <summary>The folder that LlmOps keeps on the rig.</summary>
    public string LlmOpsRoot => System.IO.Path.Join(Home, ".llmops");

    /// <summary>The script that every login runs; started directly where there is no sshd.</summary>
    public string Login => Join("login");

    /// <summary>The memory that processes hold on the GPUs, one file a process.</summary>
    public string GpuMemory => Join("state/gpu");

    /// <summary>The long-lived processes of the rig, one file each.</summary>
    public string Processes => Join("state/processes");

    /// <summary>The address of the rig's model hub while it runs.</summary>
    public string HubAddress => Join("state/hub");

    /// <summary>The settings, keys and log of the rig's sshd.</summary>
    public string Sshd => Join("sshd");

    /// <summary>The private key that opens the rig.</summary>
    public string IdentityFile => Join("sshd/id_ed25519");

    /// <summary>The rig's host key in OpenSSH's known_hosts format.</summary>
    public string KnownHosts => Join("sshd/known_hosts");

    /// <summary>Temporary files of the rig's processes.</summary>
    public string Temporary => Join("tmp");

    /// <summary>True if the folder holds a rig.</summary>
    public bool Exists => File.Exists(StateFile);

    /// <summary>A path in the folder.</summary>
    /// <param name="relative">The path from the folder on.</param>
    public string Join(string relative) => System.IO.Path.Join(Path, relative);
}
