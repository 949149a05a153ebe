namespace LlmOps.State;

/// <summary>Where things lie on a rig: the folder <c>LLMOPS_ROOT</c>, else <c>/workspace/llmops</c> where a volume is mounted at /workspace, else <c>~/.llmops</c>.</summary>
/// <param name="root">The folder.</param>
public sealed class RigLayout(string root)
{
    /// <summary>The folder itself.</summary>
    public string Root { get; } = root;

    /// <summary>The agents, by content hash.</summary>
    public string Bin => Path.Join(Root, "bin");

    /// <summary>The Python environments, one folder per engine and version.</summary>
    public string VirtualEnvironments => Path.Join(Root, "venvs");

    /// <summary>The servers, one folder each.</summary>
    public string Servers => Path.Join(Root, "servers");

    /// <summary>What runs detached: downloads and installations, one folder each.</summary>
    public string Jobs => Path.Join(Root, "jobs");

    /// <summary>The guard that ends a rented machine. It is the machine's own, so it never lies on a volume, which other machines mount too.</summary>
    public string Guard { get; } = Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".llmops", "guard");

    /// <summary>The layout of the rig that this process runs on.</summary>
    public static RigLayout FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable("LLMOPS_ROOT") is { Length: > 0 } named) return new RigLayout(named);
        const string volume = "/workspace";
        return IsMountPoint(volume)
            ? new RigLayout(Path.Join(volume, "llmops"))
            : new RigLayout(Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".llmops"));
    }

    private static bool IsMountPoint(string folder)
    {
        const string mounts = "/proc/self/mounts";
        return File.Exists(mounts) && File.ReadLines(mounts).Any(line => line.Split(' ') is [_, var point, ..] && point == folder);
    }
}
