using System.Net;
using System.Net.Sockets;

namespace LlmOps.Hub.Tests;

public sealed class ReceiveWindowTests
{
    [LinuxFact]
    public void On_a_short_way_the_system_takes_little_in_ahead()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var sender = new Socket(SocketType.Stream, ProtocolType.Tcp);
        sender.Connect(listener.LocalEndpoint);
        using var reader = listener.AcceptSocket();
        sender.SendBufferSize = 16 * 1024;
        ReceiveWindow.Fit(reader);
        sender.Blocking = false;
        Assert.InRange(FillUp(sender), 1, 1024 * 1024);
    }

    /// <summary>Sends until nothing more is taken, and returns how much was.</summary>
    private static long FillUp(Socket sender)
    {
        var block = new byte[64 * 1024];
        for (var taken = 0L; ;)
        {
            if (!sender.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectWrite)) return taken;
            taken += sender.Send(block, SocketFlags.None, out _);
        }
    }
}
