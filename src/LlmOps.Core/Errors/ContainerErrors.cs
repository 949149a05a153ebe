using LlmOps.Containers;

namespace LlmOps;

/// <summary>The failures of container engines.</summary>
public static class ContainerErrors
{
    /// <summary>There is no container engine on this machine.</summary>
    /// <param name="wanted">The one that was asked for; null for any.</param>
    public static LlmOpsException EngineMissing(string? wanted) => new(
        "ContainerEngineMissing", ErrorKind.NotInstalled, wanted is null ? "This machine has neither Docker nor Podman: no program of those names is in PATH." : $"{wanted} is not in PATH on this machine.",
        OperatingSystem.IsWindows() ? "Install one of them: winget install Docker.DockerDesktop, or winget install RedHat.Podman and then podman machine init --now"
        : OperatingSystem.IsMacOS() ? "Install one of them: brew install --cask docker, or brew install podman and then podman machine init --now"
        : "Install one of them: sudo apt install podman (Debian, Ubuntu), sudo dnf install podman (Fedora, RHEL), or see https://docs.docker.com/engine/install/", wanted);

    /// <summary>The engine's program is there, and the engine does not answer it.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="said">What its program said.</param>
    public static LlmOpsException EngineNotAnswering(ContainerEngineKind engine, string said) => new(
        "ContainerEngineNotAnswering", ErrorKind.ResourceUnavailable, $"{engine} is installed and does not answer: {said}",
        said.Contains("permission denied", StringComparison.OrdinalIgnoreCase) ? "Let your user use it, then log in again: sudo usermod -aG docker $USER"
        : engine == ContainerEngineKind.Podman ? "Start it: podman machine start (macOS, Windows), or see what 'podman info' says."
        : OperatingSystem.IsLinux() ? "Start it: sudo systemctl start docker, or open Docker Desktop."
        : "Open Docker Desktop and wait until it has started.", engine.ToString());

    /// <summary>Containers can't reach what listens on this machine.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="remedy">What to do about it.</param>
    public static LlmOpsException HostUnreachable(string reason, string remedy) => new(
        "ContainerHostUnreachable", ErrorKind.ResourceUnavailable, $"Containers can't reach a tunnel of this machine: {reason}.", remedy);

    /// <summary>An engine refused a command.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="said">What it said.</param>
    public static LlmOpsException CommandFailed(string engine, string command, string said) => new(
        "ContainerCommandFailed", ErrorKind.InvalidResult, $"{engine} refused '{command}': {said}", $"Look at the engine: {engine.ToLowerInvariant()} info; {engine.ToLowerInvariant()} ps --all", engine);

    /// <summary>The image could not be brought here.</summary>
    /// <param name="image">The image.</param>
    /// <param name="said">What the engine said.</param>
    public static LlmOpsException ImageNotPulled(string image, string said) => new(
        "ContainerImageNotPulled", ErrorKind.ConnectionError, $"The image '{image}' could not be pulled: {said}",
        "Check -Image and the network. Docker Hub has the same images, for example: -Image docker.io/openwebui/open-webui:main-slim", image);
}
