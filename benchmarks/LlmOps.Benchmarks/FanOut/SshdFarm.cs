using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LlmOps.Benchmarks.FanOut;

/// <summary>Many real sshds on loopback, each with a host key, a port and a rig's root folder of its own; one client key opens all.</summary>
internal sealed class SshdFarm : IDisposable
{
    private const string Sshd = "/usr/sbin/sshd";

    private readonly string _folder;
    private readonly List<Rig> _rigs = [];

    public SshdFarm(string folder, int count, string pathOfTools)
    {
        _folder = folder;
        if (!File.Exists(Sshd)) throw new InvalidOperationException($"There is no {Sshd}: install openssh-server.");
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        NewKey(ClientKey);
        File.Copy(ClientKey + ".pub", Path.Join(folder, "authorized_keys"));
        for (var number = 1; number <= count; number++) _rigs.Add(Start($"rig{number:00}", pathOfTools));
        File.WriteAllLines(KnownHosts, _rigs.Select(rig => $"[127.0.0.1]:{rig.Port} {File.ReadAllText(HostKey(rig.Name) + ".pub").Trim()}"));
    }

    /// <summary>The rigs.</summary>
    public IReadOnlyList<Rig> Rigs => _rigs;

    /// <summary>The key that all rigs let in.</summary>
    public string ClientKey => Path.Join(_folder, "client_key");

    /// <summary>A known_hosts file that knows all rigs.</summary>
    public string KnownHosts => Path.Join(_folder, "known_hosts");

    /// <summary>Every process of a rig: its listener, its sessions and what they run.</summary>
    public static IReadOnlyList<int> ProcessesOf(Rig rig) => ProcessTree.Below(rig.Server.Id);

    /// <summary>Puts on a rig what another has: its agent.</summary>
    public void CopyRoot(Rig from, Rig to) => Shell.Run("cp", "-al", Path.Join(_folder, from.Name), Path.Join(_folder, to.Name));

    public void Dispose()
    {
        foreach (var rig in _rigs)
        {
            foreach (var process in ProcessesOf(rig)) Signals.Send(process, Signals.Kill);
            rig.Server.WaitForExit();
            rig.Server.Dispose();
        }
    }

    private Rig Start(string name, string pathOfTools)
    {
        NewKey(HostKey(name));
        var port = FreePort();
        var home = Directory.CreateDirectory(Path.Join(_folder, name + ".home")).FullName; // else the shell would read this user's own start-up files
        var configuration = Path.Join(_folder, name + ".conf");
        File.WriteAllLines(configuration, [
            $"Port {port}",
            "ListenAddress 127.0.0.1",
            $"HostKey {HostKey(name)}",
            $"AuthorizedKeysFile {Path.Join(_folder, "authorized_keys")}",
            "PidFile none",
            "StrictModes no",
            "UsePAM no",
            "PermitRootLogin yes",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "MaxStartups 500",
            "PrintMotd no",
            "PrintLastLog no",
            $"SetEnv PATH={pathOfTools}:/usr/bin:/bin HOME={home} LLMOPS_ROOT={Path.Join(_folder, name)}",
        ]);
        var server = Process.Start(new ProcessStartInfo(Sshd, ["-D", "-E", Path.Join(_folder, name + ".log"), "-f", configuration]))!;
        for (var waited = Stopwatch.StartNew(); !Answers(port); Thread.Sleep(10))
            if (server.HasExited || waited.Elapsed > TimeSpan.FromSeconds(20)) throw new InvalidOperationException($"sshd does not start: {File.ReadAllText(Path.Join(_folder, name + ".log"))}");
        return new Rig(name, port, server);
    }

    private string HostKey(string name) => Path.Join(_folder, name + ".key");

    private static void NewKey(string path) => Shell.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
