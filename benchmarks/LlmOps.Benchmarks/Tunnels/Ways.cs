using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LlmOps.Benchmarks.FanOut;

namespace LlmOps.Benchmarks.Tunnels;

/// <summary>The contestants, all open at once.</summary>
internal sealed class Ways : IDisposable
{
    /// <summary>Opens all.</summary>
    /// <param name="folder">A folder of this run.</param>
    /// <param name="farm">The one rig.</param>
    /// <param name="target">The load server's port, as the rig sees it.</param>
    public Ways(string folder, SshdFarm farm, int target)
    {
        Direct = new DirectWay(target);
        Forward = new SshWay("ssh -N -L", farm, target, withSession: false);
        Session = new SshWay("ssh -L with a session", farm, target, withSession: true);
        Gcm = new SshWay("ssh -L, session, aes128-gcm", farm, target, withSession: true, "-c", "aes128-gcm@openssh.com");
        Ours = new ModuleWay(folder, farm, target);
    }

    public IWay Direct { get; }

    public IWay Forward { get; }

    public IWay Session { get; }

    public IWay Gcm { get; }

    public IWay Ours { get; }

    /// <summary>All, ours first.</summary>
    public IReadOnlyList<IWay> All => [Ours, Session, Gcm, Forward, Direct];

    public void Dispose()
    {
        foreach (var way in All) way.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
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

    private sealed class DirectWay(int port) : IWay
    {
        public string Name => "no tunnel";

        public int Port => port;

        public int? Process => null;

        public void Dispose()
        {
        }
    }

    private sealed class SshWay : IWay
    {
        private readonly Process _ssh;

        public SshWay(string name, SshdFarm farm, int target, bool withSession, params string[] options)
        {
            Name = name;
            Port = FreePort();
            _ssh = System.Diagnostics.Process.Start(new ProcessStartInfo("ssh", [
                "-F", "none", "-i", farm.ClientKey, "-o", $"UserKnownHostsFile={farm.KnownHosts}", "-o", "ExitOnForwardFailure=yes", "-p", $"{farm.Rigs[0].Port}", .. options,
                "-L", $"127.0.0.1:{Port}:127.0.0.1:{target}", .. withSession ? (string[])["127.0.0.1", "exec cat"] : ["-N", "127.0.0.1"]]) { RedirectStandardInput = true })!;
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
    }

    private sealed class ModuleWay : IWay
    {
        private readonly Process _session;

        public ModuleWay(string folder, SshdFarm farm, int target)
        {
            var home = Directory.CreateDirectory(Path.Join(folder, "home")).FullName;
            File.Copy(farm.KnownHosts, Path.Join(home, "known_hosts"));
            Port = FreePort();
            var start = new ProcessStartInfo("dotnet", [typeof(ModuleWay).Assembly.Location, "session"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            start.Environment["LLMOPS_HOME"] = home;
            _session = System.Diagnostics.Process.Start(start)!;
            Expect("ready");
            _session.StandardInput.WriteLine(
                $"$rig = New-GpuRig 127.0.0.1 -Name bench -Port {farm.Rigs[0].Port} -UserName ([Environment]::UserName) -IdentityFile '{farm.ClientKey}' -ConfigFile none; "
                + $"$null = New-LlmTunnel -Rig $rig -RemotePort {target} -LocalPort {Port}");
            Expect("{");
        }

        public string Name => "New-LlmTunnel";

        public int Port { get; }

        public int? Process => _session.Id;

        public void Dispose()
        {
            _session.StandardInput.Close();
            if (!_session.WaitForExit(5000)) _session.Kill();
            _session.Dispose();
        }

        private void Expect(string beginning)
        {
            var answer = _session.StandardOutput.ReadLine();
            if (answer?.StartsWith(beginning, StringComparison.Ordinal) != true) throw new InvalidOperationException($"The session ended: {answer}");
        }
    }
}
