using System.Net;

namespace LlmOps.Containers;

/// <summary>How the containers of an engine reach a port of this machine.</summary>
public sealed record ContainerHostAddress
{
    /// <summary>The name or address by which a container knows this machine.</summary>
    public required string Host { get; init; }

    /// <summary>The address of this machine that has to be listened on: the gateway of the engine's bridge; null where containers reach what listens on loopback.</summary>
    public IPAddress? Bridge { get; init; }

    /// <summary>The network that a container has to be started in for it, with <c>{0}</c> where the port belongs; null for the engine's own choice.</summary>
    public string? Network { get; init; }

    /// <summary>The address to listen on.</summary>
    public IPAddress ListenAddress => Bridge ?? IPAddress.Loopback;

    /// <summary>The base address of an API at a port of this machine, as a container knows it.</summary>
    /// <param name="port">The TCP port.</param>
    public Uri UriOf(int port) => new($"http://{Host}:{port}/v1");

    /// <summary>The value of <c>--network</c>, or null where none is needed.</summary>
    /// <param name="port">The TCP port of this machine that is to be reached.</param>
    public string? NetworkTo(int port) => Network?.Replace("{0}", port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
