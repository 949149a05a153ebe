using System.Net;
using System.Net.NetworkInformation;

namespace LlmOps.Containers;

/// <summary>
/// Finds how an engine's containers reach this machine. On Linux with root they reach the gateway of the engine's bridge. Where the engine lives in a virtual machine (Docker Desktop, a Podman
/// machine) or a container's network is made in user space (rootless Podman), no interface of this machine is that bridge, and the engine carries what is meant for this machine to its loopback.
/// </summary>
public static class ContainerHostLookup
{
    private const string DesktopName = "host.docker.internal";
    private const string PodmanName = "host.containers.internal";

    // slirp4netns(1): the host's loopback, where --network slirp4netns:allow_host_loopback=true lets it through.
    private const string SlirpHost = "10.0.2.2";

    /// <summary>Asks the engine, and decides.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="cancel">Ends the questions.</param>
    /// <exception cref="LlmOpsException"><c>ContainerHostUnreachable</c>, with the reason.</exception>
    public static async Task<ContainerHostAddress> FindAsync(ContainerEngine engine, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return engine.Kind == ContainerEngineKind.Docker
            ? Decide(await DockerFacts.AskAsync(engine, cancel).ConfigureAwait(false), OperatingSystem.IsLinux(), IsHere)
            : Decide(await PodmanFacts.AskAsync(engine, cancel).ConfigureAwait(false), OperatingSystem.IsLinux());
    }

    /// <summary>How Docker's containers reach this machine.</summary>
    /// <param name="facts">What Docker says.</param>
    /// <param name="isLinux">Whether this machine runs Linux.</param>
    /// <param name="isHere">Whether an address is one of this machine.</param>
    internal static ContainerHostAddress Decide(DockerFacts facts, bool isLinux, Func<IPAddress, bool> isHere)
    {
        if (IsElsewhere(facts.Endpoint)) throw Unreachable($"Docker's engine runs on another machine ({facts.Endpoint})", "Choose a context of this machine (docker context use default), or unset DOCKER_HOST.");
        if (!isLinux || facts.OperatingSystem.Contains("Docker Desktop", StringComparison.OrdinalIgnoreCase)) return new ContainerHostAddress { Host = DesktopName };
        if (facts.IsRootless && facts.IsPodman) throw Unreachable("Docker's program talks to a rootless Podman, whose containers need a network that only Podman's own program can ask for", "Add -Engine Podman, or unset DOCKER_HOST.");
        if (facts.IsRootless) throw Unreachable(
            "Docker runs rootless, and RootlessKit keeps its containers from what listens on this machine",
            "Use Podman, which can do it without root (sudo apt install podman), or Docker with root.");
        if (facts.Gateway is not { } gateway) throw Unreachable("Docker's network 'bridge' has no gateway", "See what it is: docker network inspect bridge");
        if (!facts.IsPodman && !isHere(gateway)) throw Unreachable(
            $"the gateway of Docker's bridge, {gateway}, is no address of this machine: the engine lives in another network namespace or a virtual machine",
            "Run PowerShell where the engine runs, or use Docker Desktop.");
        return new ContainerHostAddress { Host = gateway.ToString(), Bridge = gateway };
    }

    /// <summary>How Podman's containers reach this machine.</summary>
    /// <param name="facts">What Podman says.</param>
    /// <param name="isLinux">Whether this machine runs Linux.</param>
    internal static ContainerHostAddress Decide(PodmanFacts facts, bool isLinux)
    {
        if (facts.IsRemote && isLinux) throw Unreachable("Podman's engine is reached through a connection and runs on another machine", "Choose this machine: podman system connection default --help; or unset CONTAINER_HOST.");
        if (facts.IsRemote || !isLinux) return new ContainerHostAddress { Host = PodmanName };
        if (facts.IsRootless) return facts.RootlessNetwork == "pasta"
            ? new ContainerHostAddress { Host = "127.0.0.1", Network = "pasta:-T,{0}" } // passt(1): forwards this one port of the container's loopback to ours
            : new ContainerHostAddress { Host = SlirpHost, Network = "slirp4netns:allow_host_loopback=true" };
        if (facts.Gateway is not { } gateway) throw Unreachable("Podman's network 'podman' has no gateway", "See what it is: podman network inspect podman");
        return new ContainerHostAddress { Host = gateway.ToString(), Bridge = gateway };
    }

    private static LlmOpsException Unreachable(string reason, string remedy) => ContainerErrors.HostUnreachable(reason, remedy);

    private static bool IsElsewhere(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "ssh" or "tcp" or "http" or "https" && !uri.IsLoopback;

    private static bool IsHere(IPAddress address) =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(network => network.GetIPProperties().UnicastAddresses).Any(own => own.Address.Equals(address));
}
