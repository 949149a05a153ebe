using System.Buffers.Binary;
using System.Net.Sockets;

namespace LlmOps.Hub;

/// <summary>
/// How much the system takes in ahead of us on a connection. What it has taken in is lost when this process is killed, and it takes some
/// megabytes for each of 64 connections where they bring more than can be worked off. A short way needs little; a long one is left to the system.
/// </summary>
internal static class ReceiveWindow
{
    private const int Tcp = 6; // IPPROTO_TCP
    private const int TcpInfo = 11; // TCP_INFO of tcp(7)
    private const int RoundTripOffset = 68; // tcpi_rtt in struct tcp_info of linux/tcp.h

    /// <summary>Bytes: as many as are read at once, and 130 MB/s over <see cref="ShortWay"/>.</summary>
    private const int ShortWayBuffer = 256 * 1024;

    private static readonly TimeSpan ShortWay = TimeSpan.FromMilliseconds(2);

    /// <summary>Sets it for a socket that has just been connected.</summary>
    public static void Fit(Socket socket)
    {
        if (RoundTrip(socket) < ShortWay) socket.ReceiveBufferSize = ShortWayBuffer;
    }

    /// <summary>The time that the other side took to answer, as the system measured it; null where it does not tell.</summary>
    private static TimeSpan? RoundTrip(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return null;
        Span<byte> info = stackalloc byte[RoundTripOffset + sizeof(uint)];
        return socket.GetRawSocketOption(Tcp, TcpInfo, info) == info.Length ? TimeSpan.FromMicroseconds(BinaryPrimitives.ReadUInt32LittleEndian(info[RoundTripOffset..])) : null;
    }
}
