using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Renci.SshNet;
using Renci.SshNet.Messages;
using Renci.SshNet.Messages.Connection;

namespace LlmOps.Ssh.Session;

/// <summary>
/// Everything that LlmOps needs of SSH.NET 2026.0.0 beyond its public surface. Bound by the runtime without reflection; the package is
/// pinned to that version, and a test names the member that an upgrade has moved.
/// </summary>
internal static class SshInternals
{
    /// <summary>The session of a connected client.</summary>
    public static Renci.SshNet.Session SessionOf(BaseClient client) =>
        GetSession(client) as Renci.SshNet.Session ?? throw new ObjectDisposedException(nameof(BaseClient));

    /// <summary>Encrypts a message and writes it to the socket; blocks while the socket is full.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SendMessage")]
    public static extern void SendMessage(Renci.SshNet.Session session, Message message);

    /// <summary>The socket underneath, or null after it was closed.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_socket")]
    public static extern ref Socket? SocketOf(Renci.SshNet.Session session);

    /// <summary>A global request (RFC 4254 §4).</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    public static extern GlobalRequestMessage NewGlobalRequest(byte[] name, bool wantReply);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Session")]
    [return: UnsafeAccessorType("Renci.SshNet.ISession, Renci.SshNet")]
    private static extern object? GetSession(BaseClient client);
}
