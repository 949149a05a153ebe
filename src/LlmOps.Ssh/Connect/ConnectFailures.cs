using System.Net.Sockets;
using LlmOps.Ssh.OpenSsh;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;

namespace LlmOps.Ssh.Connect;

/// <summary>Says in LlmOps' words why a connection did not come about.</summary>
/// <param name="settings">How the host is reached.</param>
/// <param name="limit">How long the attempt was allowed to take.</param>
internal sealed class ConnectFailures(HostSettings settings, TimeSpan limit)
{
    /// <summary>The failure for an exception of SSH.NET or of the sockets.</summary>
    /// <param name="thrown">The exception.</param>
    /// <param name="offered">What was offered to be let in.</param>
    /// <param name="authenticating">True if the server's key was accepted, so that the rest is authentication.</param>
    public LlmOpsException Translate(Exception thrown, IReadOnlyCollection<string> offered, bool authenticating)
    {
        var (host, port) = (settings.HostName, settings.Port);
        return thrown switch
        {
            LlmOpsException own => own,
            SshAuthenticationException => Denied(thrown, offered),
            SshConnectionException { DisconnectReason: not DisconnectReason.ConnectionLost } when authenticating => Denied(thrown, offered),
            SshOperationTimeoutException or TimeoutException or OperationCanceledException => SshErrors.ConnectTimeout(host, port, limit),
            SocketException { SocketErrorCode: SocketError.TimedOut } => SshErrors.ConnectTimeout(host, port, limit),
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery } => SshErrors.HostNotResolved(host, thrown),
            SocketException { SocketErrorCode: not SocketError.ConnectionReset } => SshErrors.ConnectionRefused(host, port, thrown),
            _ => SshErrors.HandshakeFailed(host, port, thrown.Message, thrown),
        };
    }

    /// <summary>Whether the server hung up before it said who it is, as sshd does when too many connect at once (MaxStartups).</summary>
    public static bool IsBusy(Exception thrown, bool identified) =>
        !identified && thrown is SshConnectionException { DisconnectReason: DisconnectReason.ConnectionLost } or SocketException { SocketErrorCode: SocketError.ConnectionReset };

    private LlmOpsException Denied(Exception thrown, IReadOnlyCollection<string> offered) =>
        SshErrors.AuthenticationFailed($"{settings.User}@{settings.HostName}:{settings.Port}", offered, thrown);
}
