using System.Net.Sockets;

namespace LlmOps.Ssh.Connect;

/// <summary>Undoes the buffer sizes that SSH.NET sets, which would bound a connection over a long way to a few megabytes a second.</summary>
internal static class SocketBuffers
{
    private const int Wide = 4 * 1024 * 1024;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int BufferLock = 72; // SO_BUF_LOCK, Linux 5.14

    /// <summary>Lets Linux size the buffers by itself again; elsewhere makes them large.</summary>
    public static void Widen(Socket? socket)
    {
        if (socket is null) return;
        try
        {
            if (OperatingSystem.IsLinux())
            {
                socket.SetRawSocketOption(SocketLevel, BufferLock, BitConverter.GetBytes(0));
            }
            else
            {
                socket.SendBufferSize = Wide;
                socket.ReceiveBufferSize = Wide;
            }
        }
        catch (Exception unable) when (unable is SocketException or ObjectDisposedException)
        {
            // Slower over a long way, and otherwise the same.
        }
    }
}
