using System.Net;
using System.Net.Sockets;

namespace LlmOps.Containers;

/// <summary>The gateway of a bridge: the address that its containers know this machine by.</summary>
internal static class BridgeGateway
{
    /// <summary>The first IPv4 address among texts, or null.</summary>
    public static IPAddress? First(IEnumerable<string?> texts) =>
        texts.Select(text => IPAddress.TryParse(text, out var address) ? address : null).FirstOrDefault(address => address?.AddressFamily == AddressFamily.InterNetwork);
}
