using System.Diagnostics;
using System.Net;
using LlmOps.TestServers;

namespace LlmOps.Ssh.Tests.Tunnels;

/// <summary>A network namespace behind a pair of virtual interfaces, which can be cut without anybody being told.</summary>
internal sealed class CutOffNetwork : IDisposable
{
    private static int s_last;

    private readonly string _name = $"tunnel{Environment.ProcessId % 100_000}";
    private readonly int _subnet = (Interlocked.Increment(ref s_last) + Environment.ProcessId) % 250;

    public CutOffNetwork()
    {
        Ip("netns", "add", _name);
        Ip("link", "add", Near, "type", "veth", "peer", "name", Far, "netns", _name);
        Ip("addr", "add", $"{Outside}/30", "dev", Near);
        Ip("link", "set", Near, "up");
        Ip("-n", _name, "addr", "add", $"{Inside}/30", "dev", Far);
        Ip("-n", _name, "link", "set", Far, "up");
        Ip("-n", _name, "link", "set", "lo", "up");
    }

    /// <summary>This side's address.</summary>
    public IPAddress Outside => IPAddress.Parse($"10.213.{_subnet}.1");

    /// <summary>The namespace's address.</summary>
    public string Inside => $"10.213.{_subnet}.2";

    private string Near => _name[^Math.Min(_name.Length, 11)..] + "a";

    private string Far => _name[^Math.Min(_name.Length, 11)..] + "b";

    /// <summary>Starts an sshd of the fixture's configuration inside, and waits until it answers.</summary>
    public async Task StartSshdAsync(SshdFixture sshd)
    {
        using var server = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", _name, "/usr/sbin/sshd", "-D", "-E", sshd.PathOf("inside.log"), "-f", sshd.PathOf("sshd_config"), "-o", $"ListenAddress={Inside}"]))!;
        await Eventually.TrueAsync(Answers, "sshd answers inside");

        bool Answers()
        {
            try
            {
                using var client = new System.Net.Sockets.TcpClient();
                client.Connect(Inside, sshd.Port);
                return true;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>A known_hosts file that knows the server inside.</summary>
    public string KnownHosts(SshdFixture sshd)
    {
        var path = sshd.PathOf("known_hosts_inside");
        File.WriteAllText(path, sshd.KnownHostsLine.Replace("127.0.0.1", Inside, StringComparison.Ordinal) + "\n");
        return path;
    }

    /// <summary>Takes the far interface away: whatever is sent is lost without a word.</summary>
    public void Cut() => Ip("-n", _name, "link", "set", Far, "down");

    /// <summary>Brings it back.</summary>
    public void Mend() => Ip("-n", _name, "link", "set", Far, "up");

    public void Dispose()
    {
        foreach (var process in SshdFixture.Run("ip", "netns", "pids", _name).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                Process.GetProcessById(int.Parse(process, System.Globalization.CultureInfo.InvariantCulture)).Kill();
            }
            catch (ArgumentException)
            {
            }
        }

        Ip("netns", "del", _name);
    }

    private static void Ip(params string[] arguments) => SshdFixture.Run("ip", arguments);
}
