using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LlmOps.Ssh.Connect;

/// <summary>Undoes what SSH.NET and .NET have done to the connection's socket until it was connected, which would make it slow.</summary>
internal static class SocketTuning
{
    private const int Wide = 4 * 1024 * 1024;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int BufferLock = 72; // SO_BUF_LOCK, Linux 5.14
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL
    private const int NonBlocking = 0x800; // O_NONBLOCK

    /// <summary>Makes the socket fast.</summary>
    public static void Apply(Socket? socket)
    {
        if (socket is null) return;
        try
        {
            WidenBuffers(socket);
            if (OperatingSystem.IsLinux()) Block(socket.SafeHandle);
        }
        catch (Exception unable) when (unable is SocketException or ObjectDisposedException)
        {
            // Slower, and otherwise the same.
        }
    }

    // SSH.NET's fixed sizes would bound a connection over a long way to a few megabytes a second.
    private static void WidenBuffers(Socket socket)
    {
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

    // .NET has made the socket non-blocking because it was connected asynchronously. SSH.NET's reads are synchronous: each that finds nothing
    // would be woken by way of .NET's epoll thread. Made blocking, the reading thread waits in the system call itself.
    private static void Block(SafeHandle socket)
    {
        var flags = Control(socket, GetFlags, 0);
        if (flags >= 0) _ = Control(socket, SetFlags, flags & ~NonBlocking);
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Control(SafeHandle descriptor, int command, int argument);
}
