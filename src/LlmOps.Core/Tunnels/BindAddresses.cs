using System.Net;

namespace LlmOps.Tunnels;

/// <summary>Reads the addresses that a tunnel is asked to listen on.</summary>
public static class BindAddresses
{
    /// <summary>The addresses that texts stand for: IPv4, IPv6 (also in brackets), <c>localhost</c> (both loopback addresses where this machine has both) or <c>*</c> (all).</summary>
    /// <param name="texts">The texts.</param>
    /// <exception cref="LlmOpsException"><c>BindAddressInvalid</c>.</exception>
    public static IReadOnlyList<IPAddress> Parse(IEnumerable<string> texts) => [.. texts.SelectMany(Parse).Distinct()];

    /// <summary>True where other machines can reach the address.</summary>
    /// <param name="address">The address.</param>
    public static bool IsExposed(IPAddress address) => !IPAddress.IsLoopback(address);

    private static IEnumerable<IPAddress> Parse(string text)
    {
        var trimmed = text.Trim();
        return trimmed switch
        {
            "*" => Both(IPAddress.Any, IPAddress.IPv6Any),
            _ when trimmed.Equals("localhost", StringComparison.OrdinalIgnoreCase) => Both(IPAddress.Loopback, IPAddress.IPv6Loopback),
            _ when IPAddress.TryParse(trimmed, out var address) => [address],
            _ => throw TunnelErrors.BindAddressInvalid(text),
        };
    }

    private static IPAddress[] Both(IPAddress four, IPAddress six) => System.Net.Sockets.Socket.OSSupportsIPv6 ? [four, six] : [four];
}
