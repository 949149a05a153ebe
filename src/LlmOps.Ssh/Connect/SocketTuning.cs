using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LlmOps.Ssh.Connect;

/// <summary>Undoes what SSH.NET and .NET have done to the connection's socket until it was connected, which would make it slow.</summary>
internal static class SocketTuning
{
    private const int Wide = 4 * 1024 * 1024;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int BufferLock = 72; // SO_BUF_LOCK, Linux 5.14
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int QuickAcknowledgement = 12; // TCP_QUICKACK
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL
    private const int NonBlocking = 0x800; // O_NONBLOCK
    private const int Delete = 2; // EPOLL_CTL_DEL

    // .NET makes its own with the first socket that it watches, and keeps them as long as the process lives.
    private static readonly Lazy<List<int>> Epolls = new(FindEpolls);

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

    /// <summary>
    /// Lets the thread that reads the socket wait in the system call itself. SSH.NET connects asynchronously, by which .NET makes a socket non-blocking and watches it
    /// with epoll for good: each packet would wake .NET's epoll thread, and that one another, before the reading thread. Linux only; elsewhere it stays as it is.
    /// </summary>
    /// <param name="socket">The socket. No other thread may be waiting for it, and from now on it is only used synchronously.</param>
    public static void ReadDirectly(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux()) return;
        try
        {
            var handle = socket.SafeHandle;
            var flags = Control(handle, GetFlags, 0);
            if (flags < 0 || Control(handle, SetFlags, flags & ~NonBlocking) < 0) return;
            foreach (var epoll in Epolls.Value)
                if (ControlEpoll(epoll, Delete, handle, 0) == 0) return; // it fails for one that does not watch the socket
        }
        catch (Exception unable) when (unable is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Slower, and otherwise the same.
        }
    }

    /// <summary>
    /// Acknowledges at once what was received. Linux waits 40 ms for something to send with it, and sshd, which leaves Nagle's algorithm on until a session is open, sends no small packet before it has the
    /// acknowledgement of the one before. Linux only.
    /// </summary>
    /// <param name="socket">The socket.</param>
    public static void AcknowledgeNow(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux()) return;
        try
        {
            socket.SetRawSocketOption(TcpLevel, QuickAcknowledgement, BitConverter.GetBytes(1));
        }
        catch (Exception unable) when (unable is SocketException or ObjectDisposedException)
        {
            // Slower, and otherwise the same.
        }
    }

    private static List<int> FindEpolls()
    {
        var found = new List<int>();
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
            if (new FileInfo(entry).LinkTarget == "anon_inode:[eventpoll]" && int.TryParse(Path.GetFileName(entry), out var epoll)) found.Add(epoll);
        return found;
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Control(SafeHandle descriptor, int command, int argument);

    [DllImport("libc", EntryPoint = "epoll_ctl")]
    private static extern int ControlEpoll(int epoll, int operation, SafeHandle descriptor, nint settings);
}
