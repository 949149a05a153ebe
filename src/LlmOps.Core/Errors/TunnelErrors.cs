using System.Net;
using System.Net.Sockets;

namespace LlmOps;

/// <summary>The failures of tunnels.</summary>
public static class TunnelErrors
{
    /// <summary>No tunnel of that name is open in this process.</summary>
    /// <param name="name">The name.</param>
    public static LlmOpsException NotFound(string name) => new(
        "TunnelNotFound", ErrorKind.ObjectNotFound, $"There is no tunnel named '{name}' in this session.",
        "List the tunnels with Get-LlmTunnel, or open one: Get-LlmServer -Rig NAME | New-LlmTunnel", name);

    /// <summary>A tunnel of that name is open already.</summary>
    /// <param name="name">The name.</param>
    public static LlmOpsException Exists(string name) => new(
        "TunnelExists", ErrorKind.ResourceExists, $"A tunnel named '{name}' is open already.",
        $"Choose another -Name, or end the old one: Remove-LlmTunnel '{name}'", name);

    /// <summary>The text is no address.</summary>
    /// <param name="text">The text.</param>
    public static LlmOpsException BindAddressInvalid(string text) => new(
        "BindAddressInvalid", ErrorKind.InvalidArgument, $"'{text}' is not an address to listen on.",
        "Give an IPv4 or IPv6 address of this machine, 'localhost', or '*' for all, for example: -BindAddress 127.0.0.1, ::1", text);

    /// <summary>The address would let other machines in.</summary>
    /// <param name="address">The address.</param>
    public static LlmOpsException RemoteBindNotAllowed(IPAddress address) => new(
        "RemoteBindNotAllowed", ErrorKind.SecurityError, $"Other machines could reach the model through {address}.",
        "Leave -BindAddress out to listen on this machine only, or add -AllowRemote if that is what you want.", address.ToString());

    /// <summary>The local port can't be bound.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port; 0 if any would have done.</param>
    /// <param name="refused">What the system said.</param>
    public static LlmOpsException NotBound(IPAddress address, int port, SocketException refused) => refused.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => new(
            "LocalPortInUse", ErrorKind.ResourceBusy, $"Port {port} of {address} is in use on this machine.",
            "Leave -LocalPort out to get a free one, or choose another.", port.ToString(System.Globalization.CultureInfo.InvariantCulture), refused),
        SocketError.AccessDenied => new(
            "LocalPortForbidden", ErrorKind.PermissionDenied, $"This user may not listen on port {port} of {address}.",
            "Choose a -LocalPort of 1024 or more, or leave it out.", port.ToString(System.Globalization.CultureInfo.InvariantCulture), refused),
        _ => new(
            "BindAddressNotLocal", ErrorKind.InvalidArgument, $"This machine can't listen on {address}: {refused.Message}",
            "Give an address that one of this machine's interfaces has.", address.ToString(), refused),
    };

    /// <summary>Nothing answers behind the tunnel.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="server">The server, or null for another port.</param>
    /// <param name="port">The port on the rig.</param>
    /// <param name="reason">What was seen, in a sentence.</param>
    public static LlmOpsException DeadServer(string rig, string? server, int port, string reason) => new(
        "TunnelToDeadServer", ErrorKind.ConnectionError,
        $"{(server is null ? $"Port {port}" : $"Server '{server}' (port {port})")} on rig '{rig}' does not answer. {reason}",
        server is null ? $"Look what listens there: Invoke-GpuRigCommand -Rig '{rig}' 'ss -tln'" : $"Look why: Get-LlmServer '{server}' -Rig '{rig}'; Get-LlmServerLog '{server}' -Rig '{rig}' -Tail 50",
        server ?? port.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The server does not serve yet.</summary>
    /// <param name="rig">The rig.</param>
    /// <param name="server">The server.</param>
    /// <param name="reason">What it answered.</param>
    public static LlmOpsException ServerNotReady(string rig, string server, string reason) => new(
        "ServerNotReady", ErrorKind.ResourceUnavailable, $"Server '{server}' on rig '{rig}' is not ready: {reason}",
        $"Wait for it: Wait-LlmServer '{server}' -Rig '{rig}' | New-LlmTunnel", server);

    /// <summary>A server object does not say which rig it is on.</summary>
    /// <param name="server">The server.</param>
    public static LlmOpsException RigUnknown(string server) => new(
        "TunnelRigUnknown", ErrorKind.InvalidArgument, $"On which rig is server '{server}'?",
        $"Name it: New-LlmTunnel -Server '{server}' -Rig NAME", server);

    /// <summary>The time to wait is none that can be waited.</summary>
    /// <param name="timeout">The time.</param>
    public static LlmOpsException ConnectTimeoutInvalid(TimeSpan timeout) => new(
        "ConnectTimeoutInvalid", ErrorKind.InvalidArgument, $"-ConnectTimeout cannot be {timeout}.", "Give a time above zero and up to an hour, such as 30 (seconds).", timeout.ToString());

    /// <summary>A tunnel can be detached only where another process can find its rig.</summary>
    /// <param name="rig">The rig.</param>
    public static LlmOpsException DetachedRigUnknown(string rig) => new(
        "DetachedRigUnknown", ErrorKind.InvalidOperation, $"Rig '{rig}' is not among the rigs that this workstation keeps, so a process of its own could not find it.",
        "Attach it with New-GpuRig first, or open the tunnel without -Detach.", rig);

    /// <summary>Containers can't reach a detached tunnel, which was opened without that.</summary>
    /// <param name="name">The tunnel.</param>
    /// <param name="address">Where containers look for this machine.</param>
    public static LlmOpsException DetachedNotOnBridge(string name, IPAddress address) => new(
        "DetachedTunnelNotOnBridge", ErrorKind.InvalidOperation, $"Tunnel '{name}' has a process of its own and does not listen on {address}, where containers reach this machine.",
        $"Open it again for them: Remove-LlmTunnel '{name}'; New-LlmTunnel -Name '{name}' -Detach -DockerBridge …", name);

    /// <summary>There is no program that could carry a detached tunnel.</summary>
    public static LlmOpsException ShellNotFound() => new(
        "ShellNotFound", ErrorKind.NotInstalled, "A detached tunnel is carried by a pwsh of its own, and no pwsh was found beside this session or on PATH.",
        "Install PowerShell, or open the tunnel without -Detach.", "pwsh");

    /// <summary>The process of a detached tunnel ended, or did not say that it is ready.</summary>
    /// <param name="name">The tunnel.</param>
    /// <param name="reason">What was seen, in a sentence.</param>
    public static LlmOpsException DetachFailed(string name, string reason) => new(
        "DetachFailed", ErrorKind.OperationStopped, $"The process of tunnel '{name}' did not open it. {reason}",
        "Open the tunnel without -Detach to see what stands in its way.", name);
}
