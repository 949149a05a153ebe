using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace LlmOps.Containers;

/// <summary>
/// Tells containers of this machine from other machines. Linux takes a packet for any address that it has, whichever interface the packet comes by (the weak host model, RFC 1122 §3.3.4.2), so a
/// neighbour on the network who sends packets for the bridge's gateway to this machine reaches what listens there. An answer to a forged address never gets to the forger, so the sender's address tells.
/// </summary>
internal static class ContainerPeers
{
    private const string Interfaces = "/sys/class/net";

    /// <summary>True where a client is a process of this machine, in a container or not.</summary>
    /// <param name="client">The client's address.</param>
    public static bool Admits(IPAddress client)
    {
        var address = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        return IPAddress.IsLoopback(address) || NetworkInterface.GetAllNetworkInterfaces().Any(network => network.GetIPProperties().UnicastAddresses.Any(own =>
            own.Address.Equals(address) || (IsNeighbour(own, address) && IsContainerBridge(network.Name))));
    }

    // A bridge without a port of hardware, which would make it a part of the network outside.
    private static bool IsContainerBridge(string name)
    {
        var ports = Path.Join(Interfaces, name, "brif");
        return Directory.Exists(ports) && !Directory.EnumerateFileSystemEntries(ports).Any(port => Directory.Exists(Path.Join(Interfaces, Path.GetFileName(port), "device")));
    }

    private static bool IsNeighbour(UnicastIPAddressInformation own, IPAddress address) =>
        own.Address.AddressFamily == address.AddressFamily && address.AddressFamily == AddressFamily.InterNetwork
        && new IPNetwork(Masked(own.Address, own.PrefixLength), own.PrefixLength).Contains(address);

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        var bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()) & (prefix == 0 ? 0 : uint.MaxValue << (32 - prefix));
        var bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, bits);
        return new IPAddress(bytes);
    }
}
