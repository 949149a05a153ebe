using System.Net.Sockets;

namespace LlmOps.Ssh.Connect;

/// <summary>Undoes what SSH.NET has done to the connection's socket, which would make it slow.</summary>
internal static class SocketTuning
{
    private const int Wide = 4 * 1024 * 1024;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int BufferLock = 72; // SO_BUF_LOCK, Linux 5.14

    /// <summary>Undoes SSH.NET's fixed buffer sizes, which would bound a connection over a long way to a few megabytes a second.</summary>
    public static void WidenBuffers(Socket? socket)
    {
        try
        {
            if (socket is null) return;
            if (OperatingSystem.IsLinux())
            {
                socket.SetRawSocketOption(SocketLevel, BufferLock, BitConverter.GetBytes(0)); // let the system size them again
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
