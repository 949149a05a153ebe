using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LlmOps.Benchmarks.FanOut;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>OpenSSH's own forwarding, alone or beside a session.</summary>
internal sealed class SshWay : IWay
{
    private readonly Process _ssh;

    public SshWay(string name, SshdFarm farm, int target, bool withSession, params string[] options)
    {
        Name = name;
        Port = LoopbackPort.Free();
        _ssh = System.Diagnostics.Process.Start(new ProcessStartInfo("ssh", [
            "-F", "none", "-i", farm.ClientKey, "-o", $"UserKnownHostsFile={farm.KnownHosts}", "-o", "ExitOnForwardFailure=yes", "-p", $"{farm.Rigs[0].Port}", .. options,
            "-L", $"127.0.0.1:{Port}:127.0.0.1:{target}", .. withSession ? (string[])["127.0.0.1", "exec cat"] : ["-N", "127.0.0.1"]])
        { RedirectStandardInput = true })!;
        Await(_ssh, Port);
    }

    public string Name { get; }

    public int Port { get; }

    public int? Process => _ssh.Id;

    public void Dispose()
    {
        _ssh.Kill();
        _ssh.WaitForExit();
        _ssh.Dispose();
    }

    private static void Await(Process process, int port)
    {
        for (var waited = Stopwatch.StartNew(); ; Thread.Sleep(20))
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (!process.HasExited && waited.Elapsed < TimeSpan.FromSeconds(30))
            {
            }
        }
    }
}
