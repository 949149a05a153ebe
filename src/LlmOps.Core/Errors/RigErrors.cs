namespace LlmOps;

/// <summary>The failures of finding and reaching rigs.</summary>
public static class RigErrors
{
    /// <summary>No rig of that name is known.</summary>
    /// <param name="name">The name that was asked for.</param>
    public static LlmOpsException NotFound(string name) => new(
        "RigNotFound", ErrorKind.ObjectNotFound, $"There is no rig named '{name}'.",
        "List the rigs with Get-GpuRig, or attach one with New-GpuRig.", name);

    /// <summary>A rig of that name exists already.</summary>
    /// <param name="name">The name that was asked for.</param>
    public static LlmOpsException Exists(string name) => new(
        "RigExists", ErrorKind.ResourceExists, $"A rig named '{name}' exists already.",
        $"Choose another -Name, or forget the old one with Remove-GpuRig '{name}'.", name);

    /// <summary>The text cannot be the name of a rig.</summary>
    /// <param name="name">The text.</param>
    public static LlmOpsException InvalidName(string name) => new(
        "RigNameInvalid", ErrorKind.InvalidArgument, $"'{name}' cannot be the name of a rig.",
        "Use letters, digits, '-', '_' and '.', 64 at the most, beginning with a letter or a digit.", name);

    /// <summary>The text does not say where an SSH server is.</summary>
    /// <param name="text">The text.</param>
    public static LlmOpsException InvalidDestination(string text) => new(
        "SshDestinationInvalid", ErrorKind.InvalidArgument, $"'{text}' does not say where an SSH server is.",
        "Write host, user@host, user@host:port, [IPv6 address]:port, or an alias of ~/.ssh/config.", text);

    /// <summary>The connection to a rig broke while something was under way.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="inner">What broke it.</param>
    public static RigConnectionLostException ConnectionLost(string rig, Exception? inner = null) => new(rig, inner);

    /// <summary>A rig stayed out of reach for longer than it is waited for.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="patience">How long it was waited for.</param>
    /// <param name="inner">What the last attempt to reach it met.</param>
    public static LlmOpsException Vanished(string rig, TimeSpan patience, LlmOpsException inner) => new(
        "RigVanished", ErrorKind.ConnectionError, $"Rig '{rig}' was lost and could not be reached again for {patience.TotalSeconds:0} s: {inner?.Message}",
        $"Look with its provider whether the machine runs. What was started on it goes on: once it answers, run the command again, or see Get-LlmServer -Rig '{rig}'.", rig, inner);

    /// <summary>The agent could not be started on the rig.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="detail">What the rig answered.</param>
    public static LlmOpsException AgentUnusable(string rig, string detail) => new(
        "AgentUnusable", ErrorKind.ResourceUnavailable, $"The agent does not run on rig '{rig}': {detail}",
        "The rig must be Linux with glibc 2.27 or later on x64 or arm64, and the agent's folder must not be mounted noexec.", rig);

    /// <summary>No agent was built for the rig's platform.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="platform">The platform, such as <c>linux-riscv64</c>.</param>
    public static LlmOpsException PlatformUnsupported(string rig, string platform) => new(
        "RigPlatformUnsupported", ErrorKind.NotInstalled, $"LlmOps has no agent for '{platform}', the platform of rig '{rig}'.",
        "Use a rig with Linux on x64 or arm64.", rig);

    /// <summary>There is no build of the agent beside the module.</summary>
    /// <param name="folder">Where it was looked for.</param>
    public static LlmOpsException AgentMissing(string folder) => new(
        "AgentMissing", ErrorKind.NotInstalled, $"The agent was not found in '{folder}'.",
        "Install the module anew; in a checkout, run ./build.sh build.", folder);

    /// <summary>Nothing accepts connections at a port of the rig.</summary>
    /// <param name="rig">The rig's name.</param>
    /// <param name="host">The host as seen from the rig.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="detail">What the rig's network said.</param>
    public static LlmOpsException RemotePortRefused(string rig, string host, int port, string detail) => new(
        "RemotePortRefused", ErrorKind.ConnectionError, $"Rig '{rig}' can't connect to {host}, port {port}: {detail}",
        $"Look whether the server runs: Get-LlmServer -Rig '{rig}'", rig);

    /// <summary>A parameter set needs what this machine has not.</summary>
    public static LlmOpsException LocalUnsupported() => new(
        "LocalRigUnsupported", ErrorKind.NotInstalled, "This machine can't be a rig: the engines run on Linux, and on macOS.",
        "Attach a Linux machine by SSH (also one in WSL), for example: New-GpuRig -HostName gpu.example -UserName ubuntu");
}
