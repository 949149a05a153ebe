using System.Net;
using System.Net.Sockets;
using LlmOps.Processes;

namespace LlmOps.Engines;

/// <summary>Free and taken TCP ports of this machine's loopback interface.</summary>
internal static class LoopbackPort
{
    private const int First = 8000;
    private const int Last = 8999;

    /// <summary>The port to use: the one asked for, or the first free one from 8000.</summary>
    /// <param name="asked">The port asked for, or null.</param>
    /// <param name="promised">Ports that servers will take although they may not have bound them yet, with the servers' names.</param>
    /// <exception cref="LlmOpsException"><c>PortInUse</c> or <c>NoFreePort</c>.</exception>
    public static int Choose(int? asked, IReadOnlyDictionary<int, string> promised)
    {
        if (asked is not { } port)
        {
            var free = Enumerable.Range(First, Last - First + 1).FirstOrDefault(candidate => !promised.ContainsKey(candidate) && IsFree(candidate));
            return free > 0 ? free : throw ServerErrors.NoFreePort(First, Last);
        }

        if (promised.TryGetValue(port, out var server)) throw ServerErrors.PortInUse(port, $"the server '{server}'");
        return IsFree(port) ? port : throw ServerErrors.PortInUse(port, HolderOf(port));
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The process that listens on a port as <c>name (pid)</c>, where it is ours to see; else null.</summary>
    private static string? HolderOf(int port) =>
        ListeningSockets.On(port).FirstOrDefault(socket => socket.ProcessId is not null) is { } holder ? $"{holder.ProcessName} (process {holder.ProcessId})" : null;
}
