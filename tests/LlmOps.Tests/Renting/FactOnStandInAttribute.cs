using System.Net;
using System.Net.Sockets;

namespace LlmOps.Tests.Renting;

/// <summary>A test whose rented machine is a stand-in on this one, which must let root in, as pods do, and for some providers at the usual port.</summary>
internal sealed class FactOnStandInAttribute : FactAttribute
{
    /// <summary>The usual port of SSH.</summary>
    public const int UsualPort = 22;

    /// <summary>True where the provider names no port, so that the stand-in has to have the usual one.</summary>
    public bool AtUsualPort
    {
        get;
        set
        {
            field = value;
            if (value && Skip is null && !IsFree(UsualPort)) Skip = "This provider's machines have their SSH server at port 22, which something else has here.";
        }
    }

    public FactOnStandInAttribute()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") Skip = "The machine is logged in to as root, which its stand-in allows only to a process of root.";
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
